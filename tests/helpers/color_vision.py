"""Colors as people see them who lack one kind of cone.

The matrices are those of G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on
Visualization and Computer Graphics 15 (6), 2009, for a severity of 1; they are applied to linear
RGB. Previews of a picture:

    python -m tests.helpers.color_vision PICTURE.png

writes PICTURE-protanopia.png, PICTURE-deuteranopia.png and PICTURE-tritanopia.png beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
MATRICES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_XYZ = np.array(
    ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
)  # fmt: skip
"""Linear sRGB as CIE XYZ with its white, D65."""


def simulated(colors: ArrayLike, kind: str) -> NDArray[np.uint8]:
    """(..., 3) sRGB bytes as they look with the deficiency ``kind``."""
    seen = np.clip(_linear(colors) @ np.array(MATRICES[kind]).T, 0.0, 1.0)
    bytes_ = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return (bytes_ * 255 + 0.5).astype(np.uint8)


def lab(colors: ArrayLike) -> Floats:
    """(..., 3) sRGB bytes as CIE L*a*b*, in which a distance of about 2 is just seen."""
    share = (_linear(colors) @ _XYZ.T) / _XYZ.sum(axis=1)
    root = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _linear(colors: ArrayLike) -> Floats:
    share = np.asarray(colors, dtype=np.float64) / 255
    found: Floats = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return found


def main(path: Path) -> None:
    """Write the three previews."""
    from PIL import Image

    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    for kind in MATRICES:
        out = path.with_name(f"{path.stem}-{kind}.png")
        Image.fromarray(simulated(pixels, kind)).save(out)
        print(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
