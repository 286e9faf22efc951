"""Reads every product with the requests of lsst-projectmeta-kit, by the HTTP library that it uses.

It looks at no status, but aiohttp reads JSON only where the Content-Type says so. Prints the values that it reads.
"""

import asyncio
import json
import os

import aiohttp


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        products = (await get(session, f"{os.environ['LTD_HOST']}/products/"))["products"]
        read = await asyncio.gather(*[get(session, url) for url in products])
    print(json.dumps([[each[key] for key in ("slug", "published_url", "doc_repo")] for each in read]))


async def get(session: aiohttp.ClientSession, url: str) -> dict:
    async with session.get(url) as answer:
        return await answer.json()


asyncio.run(main())
