"""A stand-in for LTD Keeper 1.x: its stack (Flask, SQLAlchemy, gunicorn) on this service's tables.

It is not Keeper. It answers three of its routes with the same rows and the same JSON keys, and checks tokens as Keeper
did: signed by itsdangerous, then the user's row. A PATCH does the rows' part of a publication. What Keeper did beside it
(a task sent to Celery over Redis) is left out, which favours the stand-in.
"""

import os
import uuid

from flask import Flask, jsonify, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import create_engine, text

UPLOAD_BUILD = 8
TOKEN_LIFETIME = 3600

serializer = URLSafeTimedSerializer(os.environ["STAND_IN_KEY"])
url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
engine = create_engine(url, pool_size=2)
app = Flask(__name__)


def failure(status, error, message):
    return jsonify(status=status, error=error, message=message), status


def instant(value):
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ")


def first(connection, statement, **values):
    return connection.execute(text(statement), values).mappings().first()


def user_of(connection):
    authorization = request.authorization
    try:
        claims = serializer.loads(authorization.username if authorization else "", max_age=TOKEN_LIFETIME)
    except BadData:
        return None
    return first(connection, "SELECT * FROM users WHERE id = :id", id=claims["id"])


def product_urls(product):
    domain = f"{product['slug']}.{product['root_domain']}"
    return domain, f"https://{domain}"


@app.get("/products/<slug>")
def get_product(slug):
    with engine.connect() as connection:
        product = first(connection, "SELECT * FROM products WHERE slug = :slug", slug=slug)
    if product is None:
        return failure(404, "not found", "invalid resource URI")
    domain, published = product_urls(product)
    return jsonify(
        self_url=url_for("get_product", slug=slug, _external=True),
        slug=slug,
        doc_repo=product["doc_repo"],
        title=product["title"],
        root_domain=product["root_domain"],
        root_fastly_domain=product["root_fastly_domain"],
        domain=domain,
        fastly_domain=product["root_fastly_domain"],
        bucket_name=product["bucket_name"],
        published_url=published,
        surrogate_key=product["surrogate_key"],
    )


@app.get("/editions/<int:number>")
def get_edition(number):
    with engine.connect() as connection:
        edition = first(connection, "SELECT * FROM editions WHERE id = :id", id=number)
        if edition is None:
            return failure(404, "not found", "invalid resource URI")
        product = first(connection, "SELECT * FROM products WHERE id = :id", id=edition["product_id"])
    _domain, published = product_urls(product)
    build = edition["build_id"]
    return jsonify(
        self_url=url_for("get_edition", number=number, _external=True),
        product_url=url_for("get_product", slug=product["slug"], _external=True),
        build_url=None if build is None else url_for("patch_build", number=build, _external=True),
        mode=edition["mode"],
        tracked_refs=edition["tracked_refs"],
        slug=edition["slug"],
        title=edition["title"],
        published_url=f"{published}/v/{edition['slug']}",
        date_created=instant(edition["date_created"]),
        date_rebuilt=instant(edition["date_rebuilt"]),
        date_ended=instant(edition["date_ended"]),
        surrogate_key=edition["surrogate_key"],
        pending_rebuild=edition["pending_rebuild"],
    )


@app.patch("/builds/<int:number>")
def patch_build(number):
    with engine.begin() as connection:
        user = user_of(connection)
        if user is None:
            return failure(401, "unauthorized", "please send your authentication token")
        if not user["permissions"] & UPLOAD_BUILD:
            return failure(403, "unauthorized", "not authorized")
        build = first(connection, "SELECT * FROM builds WHERE id = :id", id=number)
        if build is None:
            return failure(404, "not found", "invalid resource URI")
        task = publish(connection, build) if request.get_json().get("uploaded") else uuid.uuid4()
    location = url_for("patch_build", number=number, _external=True)
    return jsonify(queue_url=f"{request.host_url}queue/{task}"), 200, {"Location": location}


def publish(connection, build):
    first(connection, "SELECT id FROM products WHERE id = :id FOR NO KEY UPDATE", id=build["product_id"])
    connection.execute(
        text("UPDATE builds SET uploaded = true, date_uploaded = now() WHERE id = :id"), {"id": build["id"]}
    )
    editions = connection.execute(
        text(
            "SELECT * FROM editions WHERE product_id = :product AND date_ended IS NULL"
            " AND (mode <> 'git_refs' OR tracked_refs = (SELECT git_refs FROM builds WHERE id = :id)) ORDER BY id"
        ),
        {"product": build["product_id"], "id": build["id"]},
    ).mappings()
    rebuilds = [declare(connection, edition, build) for edition in editions.all() if edition["mode"] == "git_refs"]
    product = first(
        connection,
        "UPDATE products SET dashboard_generation = dashboard_generation + 1 WHERE id = :id"
        " RETURNING dashboard_generation",
        id=build["product_id"],
    )
    task = first(
        connection,
        "INSERT INTO tasks (product_id, dashboard_generation) VALUES (:product, :generation) RETURNING id",
        product=build["product_id"],
        generation=product["dashboard_generation"],
    )
    for rebuild in rebuilds:
        connection.execute(
            text("INSERT INTO task_rebuilds (task_id, rebuild_id) VALUES (:task, :rebuild)"),
            {"task": task["id"], "rebuild": rebuild["id"]},
        )
    return task["id"]


def declare(connection, edition, build):
    changed = first(
        connection,
        "UPDATE editions SET build_id = :build, tracked_build_id = :build, generation = generation + 1"
        " WHERE id = :id RETURNING slug, generation",
        build=build["id"],
        id=edition["id"],
    )
    return first(
        connection,
        "INSERT INTO rebuilds (edition_id, generation, build_id, slug, requested_by)"
        " VALUES (:edition, :generation, :build, :slug, 'stand-in') RETURNING id",
        edition=edition["id"],
        generation=changed["generation"],
        build=build["id"],
        slug=changed["slug"],
    )


def token_of(user_id):
    """For the bench: Keeper had `GET /token`, whose password hash is not what is measured."""
    return serializer.dumps({"id": user_id})
