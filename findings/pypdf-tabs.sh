#!/usr/bin/env bash
# Words in a PDF of Qt are parted by tabs, says pypdf; pdfium says by spaces.
# guess: the text "mean of two" is found in the text that any reader extracts.
# seen:  the file's own map (ToUnicode) has U+0009 for the glyph of the blank: pypdf gives
#        "mean\tof\ttwo", and "fi" as one ligature; pdfium mends both.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  pypdf==7.1.1 pypdfium2==5.15.2 ziafont==0.11
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import pathlib
import sys
import ziafont
from PySide6.QtCore import QSizeF, qVersion
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPageSize, QPainter, QPdfWriter
import pypdf
import pypdfium2

app = QGuiApplication([])
path = sys.argv[0] + ".pdf"
print("Qt", qVersion(), "pypdf", pypdf.__version__, "pypdfium2", pypdfium2.PYPDFIUM_INFO)
font = pathlib.Path(ziafont.__file__).parent / "fonts" / "DejaVuSans.ttf"
family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))[0]
writer = QPdfWriter(path)
writer.setPageSize(QPageSize(QSizeF(300, 200), QPageSize.Unit.Point))
writer.setResolution(72)
painter = QPainter(writer)
painter.setFont(QFont(family, 12))
painter.drawText(20, 80, "mean of two fits")
painter.end()
by_pypdf = pypdf.PdfReader(path).pages[0].extract_text()
by_pdfium = pypdfium2.PdfDocument(path)[0].get_textpage().get_text_range()
print("pypdf ", ascii(by_pypdf))
print("pdfium", ascii(by_pdfium))
assert by_pdfium == "mean of two fits"
assert by_pypdf.strip() == "mean\tof\ttwo\t\ufb01ts"
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
