"""Publishes a build with the requests of ltd-mason, by the HTTP library and the S3 client that it uses.

Its last release, 0.2.5, can no longer be installed. Takes a product's slug, a git ref and a folder;
prints the values that it reads from the answers.
"""

import json
import mimetypes
import os
import sys
from pathlib import Path

import boto3
import requests

# ltd-mason joins addresses as texts: no slash at the end.
url = os.environ["LTD_HOST"]


def main(product: str, git_ref: str, folder: Path) -> None:
    login = (os.environ["LTD_USERNAME"], os.environ["LTD_PASSWORD"])
    answer = requests.get(f"{url}/token", auth=login)
    expect(200, answer)
    auth = (answer.json()["token"], "")
    build_request = {"git_refs": [git_ref], "slug": "b7", "github_requester": "octocat"}
    answer = requests.post(f"{url}/products/{product}/builds/", auth=auth, json=build_request)
    expect(201, answer)
    build = answer.json()
    upload(build["bucket_name"], build["bucket_root_dir"], build["surrogate_key"], folder)
    answer = requests.patch(build["self_url"], auth=auth, json={"uploaded": True})
    expect(200, answer)
    print(json.dumps({"build": build, "confirmed": answer.json()}))


def expect(status: int, answer: requests.Response) -> None:
    if answer.status_code != status:
        raise RuntimeError(answer.json())


def upload(bucket_name: str, root: str, surrogate_key: str, folder: Path) -> None:
    bucket = boto3.session.Session().resource("s3").Bucket(bucket_name)
    metadata = {"surrogate-key": surrogate_key}
    common = {"CacheControl": "max-age=31536000"}
    for path in sorted([folder, *folder.rglob("*")]):
        key = "/".join([root, *path.relative_to(folder).parts])
        if path.is_dir():
            # Existing objects, of which stale ones are deleted, by version 1 of the listing.
            list(bucket.objects.filter(Prefix=key))
            redirect = {**metadata, "dir-redirect": "true"}
            bucket.Object(key).put(Body="", Metadata=redirect, **common)
        else:
            content_type, _ = mimetypes.guess_type(path.name, strict=False)
            extra = {"ContentType": content_type} if content_type else {}
            bucket.Object(key).upload_file(str(path), ExtraArgs={"Metadata": metadata, **common, **extra})


main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
