import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import type { LogMetadata } from '@temporalio/worker';
import { temporalLogger } from '../../src/worker/temporal-logger.js';
import type { LogLevel } from '../../src/config/settings/process.js';
import { createLogger } from '../../src/observability/logger.js';

describe('temporalLogger', () => {
  function lineOf(meta: LogMetadata | undefined, level: LogLevel = 'info'): Record<string, unknown> | null {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    temporalLogger(createLogger({ level, name: 'test', destination }), level).warn('Workflow failed', meta);
    const [line] = lines;
    return line === undefined ? null : (JSON.parse(line) as Record<string, unknown>);
  }

  it('logs why a workflow failed, with the type, the message and the causes of the error', () => {
    const cause = new Error('the bucket is not there');
    const { err, msg, error } = lineOf({ error: new TypeError('not restored', { cause }) }) ?? {};
    assert.equal(msg, 'Workflow failed');
    assert.equal(error, undefined);
    const { type, message, stack } = err as Record<string, string>;
    assert.equal(type, 'TypeError');
    assert.match(`${message}`, /^not restored: the bucket is not there$/);
    assert.match(`${stack}`, /not restored[^]*the bucket is not there/);
  });

  it('logs the same for an error that was created in the workflow sandbox', () => {
    const error: unknown = runInNewContext(`new Error('made in there')`);
    const { err } = lineOf({ error }) ?? {};
    assert.equal((err as Record<string, string>)['message'], 'made in there');
  });

  it('keeps the other fields of a line, and lines without fields', () => {
    assert.equal(lineOf({ workflowId: 'rebuild-edition-1' })?.['workflowId'], 'rebuild-edition-1');
    assert.equal(lineOf(undefined)?.['err'], undefined);
  });

  it("omits Temporal's lines below the log level", () => {
    assert.equal(lineOf({}, 'error'), null);
  });
});
