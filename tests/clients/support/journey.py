"""Calls the API with the client that openapi-python-client made in a folder; prints what came.

    journey.py FOLDER ACCOUNT    (ACCOUNT is JSON, see journey.ts)
"""

import importlib
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
account = json.loads(sys.argv[2])
sys.path.insert(0, str(folder.parent))

package = importlib.import_module(folder.name)
items = {
    name: importlib.import_module(f"{folder.name}.api.items.{name}")
    for name in ("create_item", "list_items", "update_item")
}
models = importlib.import_module(f"{folder.name}.models")

place = (account["org"], account["space"])
client = package.AuthenticatedClient(base_url=account["origin"], token=account["token"])

last = None
for title in account["titles"]:
    body = models.CreateItem(kind=models.ItemKind.CARD, title=title)
    last = items["create_item"].sync(*place, client=client, body=body)

pages = []
more = {}
while True:
    page = items["list_items"].sync(*place, client=client, limit=account["limit"], **more)
    pages.append([item.title for item in page.items])
    if page.next_cursor is None:
        break
    more = {"cursor": page.next_cursor}


def change():
    return items["update_item"].sync_detailed(
        *place,
        last.id,
        client=client,
        if_match=f'"v{last.version}"',
        body=models.UpdateItem(title="changed"),
    )


changed, stale = change(), change()
print(
    json.dumps(
        {
            "created": last.version,
            "pages": pages,
            "changed": {
                "status": changed.status_code,
                "title": changed.parsed.title,
                "version": changed.parsed.version,
            },
            "stale": {"status": stale.status_code, "code": stale.parsed.code},
        }
    )
)
