"""Finds the current edition of every product with the requests of Ook, by the HTTP library that it uses.

Prints the values that it reads from the answers.
"""

import asyncio
import json
import os
from datetime import datetime

import httpx

host = os.environ["LTD_HOST"]


async def main() -> None:
    async with httpx.AsyncClient() as client:
        products = (await get(client, f"{host}/products/"))["products"]
        found = [await main_edition(client, url.split("/")[-1]) for url in products]
    print(json.dumps(found))


async def get(client: httpx.AsyncClient, url: str) -> dict:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()


async def main_edition(client: httpx.AsyncClient, slug: str) -> dict:
    product = await get(client, f"{host}/products/{slug}")
    for url in (await get(client, f"{host}/products/{slug}/editions/"))["editions"]:
        edition = await get(client, url)
        if edition["slug"] == "main":
            rebuilt = datetime.strptime(edition["date_rebuilt"], "%Y-%m-%dT%H:%M:%SZ")
            return {
                "product": [product["slug"], product["title"], product["published_url"]],
                "edition": [edition[key] for key in ("self_url", "published_url", "build_url")],
                "rebuilt": rebuilt.isoformat(),
            }
    raise RuntimeError(f"{slug} has no edition main")


asyncio.run(main())
