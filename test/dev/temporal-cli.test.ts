import assert from 'node:assert/strict';
import { isAtLeast, temporalCli } from '../../dev/temporal-cli.js';

describe('temporalCli', () => {
  const cases: [version: string, floor: string, enough: boolean][] = [
    ['1.9.1', '1.9.1', true],
    ['1.10.0', '1.9.1', true],
    ['2.0.0', '1.9.1', true],
    ['1.9.0', '1.9.1', false],
    ['1.8.9', '1.9.1', false],
    ['0.13.2', '1.9.1', false],
  ];
  for (const [version, floor, enough] of cases)
    it(`calls ${version} ${enough ? 'new enough' : 'too old'} where ${floor} is required`, () => {
      assert.equal(isAtLeast(version, floor), enough);
    });

  it('says how to correct a TEMPORAL_CLI that does not exist', async () => {
    await assert.rejects(
      temporalCli({ TEMPORAL_CLI: '/nowhere/temporal' }),
      /TEMPORAL_CLI=\/nowhere\/temporal cannot be run .*unset TEMPORAL_CLI/s,
    );
  });

  it("refuses a command that is not Temporal's", async () => {
    await assert.rejects(temporalCli({ TEMPORAL_CLI: process.execPath }), /it printed no version/);
  });
});
