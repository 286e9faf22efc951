import assert from 'node:assert/strict';
import { fieldOf, fieldsOf, typeOf } from '../../../scripts/docs-page/schema-fields.js';
import type { Schema } from '../../../scripts/docs-page/specification.js';

describe('typeOf and fieldsOf', () => {
  const types: readonly [schema: Schema, told: string][] = [
    [{ type: 'string' }, 'string'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{}, 'any JSON'],
    [{ $ref: '#/components/schemas/Build' }, '-> Build'],
    [{ type: 'array', items: { type: 'string' } }, 'array of string'],
    [{ type: ['array', 'null'], items: { type: 'string' } }, 'array of string or null'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Build' } }, 'array of -> Build'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'object, each value of it string'],
    [{ type: 'object', additionalProperties: false }, 'object'],
  ];
  for (const [schema, told] of types)
    it(`names the type of a key "${told}"`, () => {
      const { before, name } = typeOf(schema);
      assert.equal(name === null ? before : `${before}-> ${name}`, told);
    });

  it('names nested keys by their path from the top', () => {
    const schema: Schema = {
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'object', properties: { b: { type: 'string' } } },
        c: {
          type: 'array',
          items: { type: 'object', required: ['d'], properties: { d: { type: 'string' } } },
        },
      },
    };
    assert.deepEqual(
      fieldsOf(schema).map(({ name, isRequired }) => [name, isRequired]),
      [
        ['a', true],
        ['a.b', false],
        ['c', false],
        ['c[].d', true],
      ],
    );
  });

  it('lists the limits of a key', () => {
    const limits = (schema: Schema): readonly string[] => fieldOf('a', schema, true).limits;
    assert.deepEqual(limits({ type: ['string', 'null'], enum: ['x', 'y', null] }), ['one of "x", "y"']);
    assert.deepEqual(limits({ pattern: '^a$', minLength: 1, maxLength: 9 }), [
      'matches ^a$',
      'at least 1 character',
      'at most 9 characters',
    ]);
    assert.deepEqual(limits({ minimum: 0, default: 0 }), ['at least 0', 'by default 0']);
    assert.deepEqual(limits({ minItems: 1, maxItems: 2, format: 'uri' }), [
      'format uri',
      'at least 1 item',
      'at most 2 items',
    ]);
    assert.deepEqual(limits({}), []);
  });
});
