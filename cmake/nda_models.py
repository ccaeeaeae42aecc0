"""Turns the models of agreement (Markdown with front matter) into one JSON list: python3 nda_models.py out.json model.md…"""
import json
import pathlib
import sys

import yaml

models = []
for path in map(pathlib.Path, sys.argv[2:]):
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    head = yaml.safe_load(front)
    models.append({"name": path.stem, "language": path.parent.name, "title": head["title"], "summary": head["summary"].strip(), "text": text.strip() + "\n"})
pathlib.Path(sys.argv[1]).write_text(json.dumps(models, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
