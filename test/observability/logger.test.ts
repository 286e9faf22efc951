import assert from 'node:assert/strict';
import { createLogger } from '../../src/observability/logger.js';
import { Secret } from '../../src/config/secret.js';

describe('createLogger', () => {
  function linesOf(log: (logger: ReturnType<typeof createLogger>) => void): string[] {
    const lines: string[] = [];
    const destination = {
      write: (line: string) => {
        lines.push(line);
      },
    };
    log(createLogger({ level: 'info', name: 'test', destination }));
    return lines;
  }

  it('writes one JSON object a line, with name and time', () => {
    const [line = ''] = linesOf((logger) => {
      logger.info({ status: 200 }, 'request');
    });
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.equal(rest['name'], 'test');
    assert.equal(rest['msg'], 'request');
    assert.equal(rest['status'], 200);
  });

  it('writes no secrets, wherever they occur', () => {
    const text = linesOf((logger) => {
      logger.info({ password: 'hunter2', authorization: 'hunter2', token: 'hunter2', secret: 'hunter2' });
      logger.info({ user: { password_hash: 'hunter2', token_key: 'hunter2' } });
      logger.info({ req: { headers: { authorization: 'hunter2', cookie: 'hunter2' } } });
      logger.info({ config: { secretAccessKey: 'hunter2', any: new Secret('hunter2') } });
    }).join('\n');
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /\[redacted\]/);
  });

  it('escapes control sequences for terminals and editors', () => {
    const evil = '\r\n{"level":60}\u001b[2J\u009b31m\u2028\u2029\u202e\u2066\u200f\u007f\u0085\ufeff';
    const lines = linesOf((logger) => {
      logger.info({ url: evil, err: new Error(evil) }, evil);
    });
    assert.equal(lines.length, 1);
    assert.match(lines.join(''), /^[\x20-\x7e]+\n$/);
    assert.equal((JSON.parse(lines.join('')) as { url: string }).url, evil);
  });

  it('omits messages below its level', () => {
    assert.deepEqual(
      linesOf((logger) => {
        logger.debug('detail');
      }),
      [],
    );
  });
});
