"""Reads every resource with the requests of Docverse's keeper-sync, by its HTTP library, into models as strict as its own.

Prints the values that it reads from the answers.
"""

import asyncio
import json
import os
from datetime import datetime
from enum import StrEnum

import httpx
from pydantic import BaseModel, HttpUrl, model_validator

host = os.environ["LTD_HOST"]


class Mode(StrEnum):
    """The modes that it knows; any other is an error."""

    git_refs = "git_refs"
    lsst_doc = "lsst_doc"
    manual = "manual"
    eups_major_release = "eups_major_release"
    eups_weekly_release = "eups_weekly_release"
    eups_daily_release = "eups_daily_release"


class Product(BaseModel):
    self_url: HttpUrl
    slug: str
    doc_repo: HttpUrl
    title: str
    domain: str
    published_url: HttpUrl
    bucket_name: str | None = None


class Edition(BaseModel):
    self_url: HttpUrl
    product_url: HttpUrl
    build_url: HttpUrl | None = None
    published_url: HttpUrl
    slug: str
    title: str
    date_created: datetime
    date_rebuilt: datetime | None = None
    date_ended: datetime | None = None
    pending_rebuild: bool
    tracked_refs: list[str] | None = None
    mode: Mode

    @model_validator(mode="after")
    def tracks_something(self) -> "Edition":
        if self.mode == Mode.git_refs and not self.tracked_refs:
            raise ValueError("an edition that tracks git refs tracks none")
        return self


class Build(BaseModel):
    self_url: HttpUrl
    product_url: HttpUrl
    slug: str
    date_created: datetime
    date_ended: datetime | None = None
    uploaded: bool
    bucket_name: str
    bucket_root_dir: str
    git_refs: list[str] | None = None
    github_requester: str | None = None
    published_url: HttpUrl
    surrogate_key: str | None = None


async def main() -> None:
    found = []
    async with httpx.AsyncClient() as client:
        for url in (await get(client, f"{host}/products/"))["products"]:
            product = Product.model_validate(await get(client, url))
            listed = (await get(client, f"{host}/products/{product.slug}/editions/"))["editions"]
            for edition_url in listed:
                found.append(await read_edition(client, product, edition_url))
    print(json.dumps(found))


async def read_edition(client: httpx.AsyncClient, product: Product, url: str) -> dict:
    edition = Edition.model_validate(await get(client, url))
    build = None
    if edition.build_url is not None:
        build = Build.model_validate(await get(client, str(edition.build_url)))
    return {
        "product": product.slug,
        "edition": number(edition.self_url),
        "slug": edition.slug,
        "mode": edition.mode,
        "build": build and number(build.self_url),
        "prefix": build and build.bucket_root_dir,
    }


def number(url: HttpUrl) -> int:
    return int(str(url).split("/")[-1])


async def get(client: httpx.AsyncClient, url: str) -> dict:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()


asyncio.run(main())
