import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renderDocs } from '../../../scripts/docs-page/render-docs.js';
import type { Specification } from '../../../scripts/docs-page/specification.js';

const hostile = `<script>alert("x")</script>'&`;

const specification: Specification = {
  info: { title: hostile, version: hostile, description: `${hostile} \`${hostile}\` **${hostile}**` },
  tags: [{ name: 'Things', description: hostile }],
  paths: {
    '/things/{id}': {
      patch: {
        operationId: 'patchThing',
        tags: ['Things'],
        summary: hostile,
        description: hostile,
        security: [{ token: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', description: hostile } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        responses: {
          '200': {
            description: hostile,
            headers: { Location: { description: hostile } },
            content: {
              'application/json': {
                schema: { type: 'object' },
                examples: { a: { value: { key: hostile } } },
              },
            },
          },
          '404': { $ref: '#/components/responses/NotFound' },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: { type: 'object', properties: { key: { enum: [hostile] } }, examples: [{ key: hostile }] },
    },
    responses: {
      NotFound: { description: 'gone', content: { 'text/plain': { schema: {}, example: hostile } } },
    },
    securitySchemes: { token: { description: hostile } },
  },
};

describe('renderDocs', () => {
  const { html, policy } = renderDocs(specification);

  it('escapes all text of the specification', () => {
    assert.doesNotMatch(html, /<script/i);
    assert.ok(html.split('&lt;script&gt;').length > 15);
  });

  it('shows the schema that a reference points to', () => {
    assert.match(html, /404<\/span> gone/);
    assert.match(html, /<a href="#schema-Thing">Thing<\/a>/);
    assert.match(html, /id="schema-Thing"/);
  });

  it("allows only the page's own style", () => {
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? assert.fail('the page has no style');
    const hash = createHash('sha256').update(style).digest('base64');
    assert.equal(
      policy,
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; ` +
        `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    assert.doesNotMatch(html, /\sstyle=|\son[a-z]+=|https?:\/\//);
  });

  it('throws on a reference to a missing schema', () => {
    const components = { ...specification.components, responses: {} };
    assert.throws(() => renderDocs({ ...specification, components }), /has no #\/components\/responses\/NotFound/);
  });
});
