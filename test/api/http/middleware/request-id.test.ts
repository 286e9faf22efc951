import assert from 'node:assert/strict';
import { givenRequestId } from '../../../../src/api/http/middleware/request-id.js';

describe('givenRequestId', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['build-42.step:1', '', 'build-42.step:1'],
    ['build-42', `00-${trace}-00f067aa0ba902b7-01`, 'build-42'],
    ['', `00-${trace}-00f067aa0ba902b7-01`, trace],
    ['two words', `cc-${trace}-00f067aa0ba902b7-01-of-the-future`, trace],
    ['x\r\nset-cookie: a=b', '', null],
    ['a'.repeat(129), '', null],
    ['-begins-with-a-dash', '', null],
    ['', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, null],
    ['', '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', null],
    ['', '', null],
  ];
  for (const [requestId, traceparent, id] of cases)
    it(`takes ${id ?? 'no id'} from X-Request-Id ${JSON.stringify(requestId)} and traceparent "${traceparent}"`, () => {
      assert.equal(givenRequestId(requestId, traceparent), id);
    });
});
