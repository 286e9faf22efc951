/** What the specification says of all routes together, in Markdown: paragraphs and `code`. */
export const introduction = `Publishes versioned documentation. A CI job registers a build of a product, uploads its files to \
the bucket and says so; every edition that tracks the build's git refs then shows it, and \`queue_url\` tells when.

**Authentication.** \`GET /token\` takes a user name and a password by HTTP Basic and gives a token that is good for an \
hour. Writing requests carry it by HTTP Basic too: the token as the user name, the password empty. Reading needs none.

**Bodies** are JSON objects in UTF-8, of 1 MiB at most. Keys that are not described are ignored, and \`notices\` of the answer names them.

**Failures** all have a JSON body with \`status\`, \`error\` and \`message\`. What can be wrong is looked at in this order: \
address (404, 405), user (401), permission (403), the resource (404), headers, query and body (400, 413, 415).

**Methods.** Every address that answers \`GET\` answers \`HEAD\`; \`OPTIONS\` names what an address answers in \`Allow\`, as \
does the 405 for any other method. A collection without the slash at its end is redirected (308).

**Dates** are UTC in whole seconds. **Addresses** in answers are absolute and have the host that was asked.

**Every answer** carries \`X-Request-Id\`: the request's own if it had one, under which the service logs it.`;
