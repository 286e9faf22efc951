"""
What LTD Keeper 1.9.0 does to an edition, over boto3 as there, written from a description of it: list and delete what is
there, then look at each object of the build and copy it, one at a time.

`keeper_1_9_0.py BUCKET SOURCE DESTINATION MOST`: copies MOST objects at most, and prints the seconds that emptying and
listing took and that each object took.
"""

import json
import sys
import time

import boto3

bucket, source, destination, most = sys.argv[1:]
s3 = boto3.client("s3")


def keys_under(prefix):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            yield item["Key"]


start = time.monotonic()
stale = list(keys_under(destination))
for at in range(0, len(stale), 1000):
    batch = [{"Key": key} for key in stale[at : at + 1000]]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": batch})
keys = list(keys_under(source))
listed = time.monotonic()
copied = keys[: int(most)]
for key in copied:
    head = s3.head_object(Bucket=bucket, Key=key)
    metadata = dict(head["Metadata"])
    metadata["surrogate-key"] = "edition-key"
    metadata["surrogate-control"] = "max-age=31536000"
    s3.copy_object(
        Bucket=bucket,
        Key=destination + key[len(source) :],
        CopySource={"Bucket": bucket, "Key": key},
        MetadataDirective="REPLACE",
        Metadata=metadata,
        CacheControl="no-cache",
        ContentType=head["ContentType"],
        ACL="public-read",
    )
ended = time.monotonic()
print(json.dumps({"before": listed - start, "each": (ended - listed) / max(1, len(copied)), "copied": len(copied)}))
