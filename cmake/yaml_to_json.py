"""Turns a YAML file into compact JSON: python3 yaml_to_json.py in.yaml out.json"""
import json
import re
import sys

import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of a boolean: "on" and "off" stay strings."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))

with open(sys.argv[1], encoding="utf-8") as source, open(sys.argv[2], "w", encoding="utf-8") as target:
    document = yaml.load(source, Loader)
    for key in [key for key in document if key.startswith("x-")] if isinstance(document, dict) else []:
        del document[key]
    json.dump(document, target, ensure_ascii=False, separators=(",", ":"))
