#!/usr/bin/env python3
"""Follows a group's log and says in a discussion of its own which datasets are new. Needs Python's standard library alone.

MARGELLE_URL   the server's address, e.g. https://margelle.example
MARGELLE_KEY   an access key with the scopes events:read, datasets:read and threads:write
Begins with what comes next, or after the number that is given as its argument; it says each number that it has dealt with.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request

API = os.environ["MARGELLE_URL"].rstrip("/") + "/api/v1"


def ask(method, path, body=None, key=None):
    """One request, again while the server is busy; the parsed answer, or nothing where there is none to read."""
    headers = {"Authorization": "Bearer " + os.environ["MARGELLE_KEY"], "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key  # sent again after a break, it happens once
    request = urllib.request.Request(API + path, json.dumps(body).encode() if body else None, headers, method=method)
    for attempt in range(6):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (404, 409):
                return None
            if error.code not in (429, 503):
                sys.exit(f"{method} {path}: {json.load(error).get('title', error)}")
            time.sleep(int(error.headers.get("Retry-After", 2**attempt)))
        except (urllib.error.URLError, TimeoutError):
            time.sleep(2**attempt)
    sys.exit("The server does not answer.")


group = "/groups/" + ask("GET", "/bot")["group_id"]
after = int(sys.argv[1]) if len(sys.argv) > 1 else ask("GET", group + "/events?after=9000000000000000")["head"]
while True:
    for event in ask("GET", f"{group}/events?after={after}&wait=30")["items"]:
        after = event["seq"]
        if event["kind"] == "dataset.created":
            dataset = ask("GET", f"{group}/datasets/{event['data']['dataset_id']}")
            if dataset:  # not taken out meanwhile
                title = dataset["title"].replace("[", "(").replace("]", ")")
                text = f"[{title}](/g{group[7:]}/datasets/{dataset['id']})\n\n{dataset['publisher'] or dataset['source']}"
                ask("POST", group + "/threads", {"title": f"Nouvelles données : {title}"[:200], "body": text}, f"announce-{after}")
        print(after, flush=True)
