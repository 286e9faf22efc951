"""Publishes an instance of a notebook report with the requests of uservice-nbreport.

It sends some of them by requests and leaves the build to ltd-conveyor 0.4. Takes the product as JSON and a folder; prints
the values that it reads from the answers.
"""

import json
import os
import sys

import requests
from ltdconveyor.keeper.build import confirm_build, register_build
from ltdconveyor.keeper.login import get_keeper_token
from ltdconveyor.s3 import upload_dir

host = os.environ["LTD_HOST"]


def main(product: dict, folder: str) -> None:
    auth = (get_keeper_token(host, os.environ["LTD_USERNAME"], os.environ["LTD_PASSWORD"]), "")
    report = register(product, auth)
    instance = reserve(report["slug"], auth)
    build = publish(report["slug"], instance["slug"], folder, auth)
    print(json.dumps({"report": report, "instance": instance, "build": build}))


def register(product: dict, auth: tuple) -> dict:
    answer = requests.post(f"{host}/products/", json=product, auth=auth)
    if answer.status_code >= 300:
        raise RuntimeError(answer.json())
    answer = requests.get(answer.headers["Location"], auth=auth)
    answer.raise_for_status()
    return answer.json()


def reserve(slug: str, auth: tuple) -> dict:
    edition = {"autoincrement": True, "mode": "manual"}
    answer = requests.post(f"{host}/products/{slug}/editions/", json=edition, auth=auth)
    if answer.status_code >= 300:
        raise RuntimeError(answer.json())
    return requests.get(answer.headers["location"]).json()


def publish(slug: str, instance: str, folder: str, auth: tuple) -> dict:
    build = register_build(host, auth[0], slug, [instance])
    upload_dir(
        build["bucket_name"],
        build["bucket_root_dir"],
        folder,
        upload_dir_redirect_objects=True,
        surrogate_key=build["surrogate_key"],
        cache_control="max-age=31536000",
        surrogate_control=None,
        aws_access_key_id=os.environ["LTD_AWS_ID"],
        aws_secret_access_key=os.environ["LTD_AWS_SECRET"],
    )
    confirm_build(build["self_url"], auth[0])
    answer = requests.get(f"{host}/products/{slug}/editions/", auth=auth)
    answer.raise_for_status()
    for url in reversed(answer.json()["editions"]):
        edition = requests.get(url, auth=auth).json()
        if edition["slug"] == instance:
            change = {"build_url": build["self_url"]}
            requests.patch(edition["self_url"], json=change, auth=auth).raise_for_status()
            return build
    raise RuntimeError(f"there is no edition {instance}")


main(json.loads(sys.argv[1]), sys.argv[2])
