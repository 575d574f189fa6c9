#!/usr/bin/env bash
# hatchling obeys .gitignore, but not as git does.
# guess: what git tracks is in the wheel and what git ignores is not; .gitignore files in
#        subfolders count.
# seen:  a tracked file that matches the root's .gitignore is left out; one in a subfolder is not
#        obeyed, and is shipped itself, as is the file that it ignores.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  hatchling==1.33.0
command -v git >/dev/null || { echo "needs git" >&2; exit 2; }
mkdir -p "$dir/project/sample/part" && cd "$dir/project"
cat > pyproject.toml <<'END'
[build-system]
requires = ["hatchling==1.33.0"]
build-backend = "hatchling.build"
[project]
name = "sample"
version = "1.0"
END
touch sample/__init__.py sample/table.csv sample/part/__init__.py sample/part/scratch.py
git init -q .
git add -f sample/table.csv
echo '*.csv' > .gitignore
echo 'scratch.py' > sample/part/.gitignore
git add .
"$dir/venv/bin/pip" list 2>/dev/null | grep hatchling
echo "git tracks:"
git ls-files sample | tee "$dir/tracked"
"$dir/venv/bin/python" -m hatchling build -t wheel > /dev/null
echo "the wheel holds:"
"$dir/venv/bin/python" -m zipfile -l dist/*.whl | tee "$dir/wheel" | grep -o '^sample/[^ ]*'
grep -q '^sample/table.csv' "$dir/tracked"
! grep -q '^sample/table.csv' "$dir/wheel" || exit 1
! grep -q 'scratch.py' "$dir/tracked" || exit 1
grep -q '^sample/part/scratch.py' "$dir/wheel"
grep -q '^sample/part/.gitignore' "$dir/wheel"
