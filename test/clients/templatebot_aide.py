"""Registers a product with the requests of lsst-templatebot-aide, by the HTTP library that it uses.

Takes the product as JSON; prints the values that it reads from the answers. aiohttp reads JSON only where the Content-Type says so.
"""

import asyncio
import json
import os
import sys

import aiohttp

host = os.environ["LTD_HOST"]


async def main() -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        login = aiohttp.BasicAuth(os.environ["LTD_USERNAME"], os.environ["LTD_PASSWORD"])
        async with session.get(f"{host}/token", auth=login) as answer:
            token = (await answer.json())["token"]
        auth = aiohttp.BasicAuth(token)
        async with session.post(f"{host}/products/", json=json.loads(sys.argv[1]), auth=auth) as answer:
            location = answer.headers["Location"]
        async with session.get(location, auth=auth) as answer:
            print(json.dumps({"location": location, "product": await answer.json()}))


asyncio.run(main())
