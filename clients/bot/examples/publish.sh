#!/bin/sh
# Posts each file that it is given, one dataset as JSON (NewDataset in protocol/openapi.yaml), and says what became of it.
# Sent again, a file that has not changed makes no noise.
#
# MARGELLE_URL   the server's address, e.g. https://margelle.example
# MARGELLE_KEY   an access key with the scope datasets:write
set -eu

# The key goes in by a pipe: a command line is for everybody on the machine to read. curl waits as long as Retry-After says.
ask() {
    printf 'header = "Authorization: Bearer %s"\n' "$MARGELLE_KEY" |
        curl --config - --silent --show-error --max-time 60 --retry 5 --header 'Content-Type: application/json' "$@"
}

# The first text of that name in a JSON object on one line.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

api=${MARGELLE_URL%/}/api/v1
group=$(ask --fail "$api/bot" | field group_id)
failed=0
for file; do
    answer=$(ask --write-out '\n%{http_code}' --data-binary "@$file" "$api/groups/$group/datasets")
    status=${answer##*
}
    case $status in
        200 | 201) echo "$file: $(printf %s "$answer" | field outcome)" ;;
        *) echo "$file: $status $(printf %s "$answer" | field title)" >&2; failed=1 ;;
    esac
done
exit $failed
