"""Registers a product with the requests of templatebot, by the HTTP library that it uses.

Takes the product as JSON; prints the values that it reads from the answers.
"""

import json
import os
import sys

import httpx

host = os.environ["LTD_HOST"]


def main() -> None:
    with httpx.Client() as client:
        answer = client.get(
            f"{host}/token",
            auth=(os.environ["LTD_USERNAME"], os.environ["LTD_PASSWORD"]),
            timeout=10.0,
        )
        answer.raise_for_status()
        auth = (answer.json()["token"], "")
        answer = client.post(f"{host}/products/", json=json.loads(sys.argv[1]), auth=auth)
        answer.raise_for_status()
        location = answer.headers["location"]
        answer = client.get(location, auth=auth)
        answer.raise_for_status()
        print(json.dumps({"location": location, "product": answer.json()}))


main()
