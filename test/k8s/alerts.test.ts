import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { checkRules, describeWithPromtool, testRules } from '../support/promtool.js';

const file = join(checkout, 'k8s', 'components', 'monitoring', 'alerts.yaml');

/** Series by name and labels, with their values minute by minute in promtool's notation. */
type Series = Readonly<Record<string, string>>;

/** Series for which an alert fires, and similar ones for which it must not. */
interface AlertCase {
  readonly fires: Series;
  readonly silent: Series;
}

const constant = (value: number | string): string => `${value}+0x90`;
const growing = (perMinute: number): string => `0+${perMinute}x90`;
/** Once, in the last minutes before the rules are evaluated. */
const once = '0+0x78 1+0x12';
const nowAndThen = Array.from({ length: 91 }, (_, minute) => minute % 2).join(' ');

/**
 * A histogram of ten requests a minute, each slower than the bucket `le` before the last and none slower than `slow`.
 */
const requests = (route: string, fast: number): Series => ({
  [`ltd_http_request_duration_seconds_bucket{method="GET",route="${route}",le="1"}`]: growing(fast),
  [`ltd_http_request_duration_seconds_bucket{method="GET",route="${route}",le="5"}`]: growing(10),
  [`ltd_http_request_duration_seconds_bucket{method="GET",route="${route}",le="+Inf"}`]: growing(10),
});

const slots = (pod: string, queue = 'keeper-copy', worker = 'ActivityWorker'): string =>
  `temporal_worker_task_slots_available{worker_type="${worker}",task_queue="${queue}",pod="${pod}"}`;

const cases: Readonly<Record<string, AlertCase>> = {
  KeeperApiAway: { fires: {}, silent: { 'ltd_database_up{pod="a"}': constant(0) } },
  KeeperWorkerAway: {
    fires: { [slots('a')]: constant(4) },
    silent: { [slots('a')]: constant(0), [slots('b', 'keeper', 'WorkflowWorker')]: constant(40) },
  },
  KeeperDatabaseAway: {
    fires: { 'ltd_database_up{pod="a"}': constant(0), 'ltd_database_up{pod="b"}': constant(0) },
    silent: { 'ltd_database_up{pod="a"}': constant(0), 'ltd_database_up{pod="b"}': constant(1) },
  },
  KeeperApiErrors: {
    fires: {
      'ltd_http_requests_total{route="/builds/{id}",status="500"}': growing(10),
      'ltd_http_requests_total{route="/builds/{id}",status="200"}': growing(90),
    },
    silent: {
      'ltd_http_requests_total{route="/readyz",status="503"}': growing(100),
      'ltd_http_requests_total{route="/builds/{id}",status="404"}': growing(90),
    },
  },
  KeeperApiSlow: {
    fires: requests('/products/', 1),
    silent: { ...requests('/products/', 10), ...requests('/queue/{id}', 0) },
  },
  KeeperDatabasePoolExhausted: {
    fires: { 'ltd_database_connections{state="waiting"}': constant(3) },
    silent: { 'ltd_database_connections{state="waiting"}': nowAndThen },
  },
  KeeperEventLoopBlocked: {
    fires: {
      'nodejs_eventloop_lag_p99_seconds{job="api",instance="a"}': constant(0.8),
      'ltd_database_connections{state="used",job="api",instance="a"}': constant(0),
    },
    silent: {
      'nodejs_eventloop_lag_p99_seconds{job="another program",instance="b"}': constant(0.8),
      'ltd_database_connections{state="used",job="api",instance="a"}': constant(0),
    },
  },
  KeeperRebuildsFail: {
    fires: { 'ltd_rebuilds_total{outcome="failed",pod="a"}': once },
    silent: {
      'ltd_rebuilds_total{outcome="failed",pod="a"}': constant(7),
      'ltd_rebuilds_total{outcome="published",pod="a"}': growing(5),
    },
  },
  KeeperRebuildsStuck: {
    fires: { 'ltd_rebuild_oldest_pending_seconds{pod="a"}': '0+60x90' },
    silent: {
      'ltd_rebuild_oldest_pending_seconds{pod="a"}': constant(900),
      'ltd_rebuild_oldest_pending_seconds{pod="b"}': Array(91).fill('NaN').join(' '),
    },
  },
  KeeperDashboardsBehind: {
    fires: { 'ltd_dashboards_behind{pod="a"}': constant(1) },
    silent: { 'ltd_dashboards_behind{pod="a"}': nowAndThen },
  },
  KeeperEventsUndelivered: {
    fires: { 'ltd_event_oldest_undelivered_seconds{pod="a"}': '0+60x90' },
    silent: { 'ltd_event_oldest_undelivered_seconds{pod="a"}': constant(60) },
  },
  KeeperEventsRejected: {
    fires: { 'ltd_event_deliveries_total{outcome="rejected",pod="a"}': once },
    silent: {
      'ltd_event_deliveries_total{outcome="rejected",pod="a"}': constant(3),
      'ltd_event_deliveries_total{outcome="undelivered",pod="a"}': growing(1),
    },
  },
  KeeperPurgesFail: {
    fires: { 'ltd_cdn_purges_total{outcome="unavailable"}': growing(1) },
    silent: { 'ltd_cdn_purges_total{outcome="purged"}': growing(1) },
  },
  KeeperPurgesOwed: {
    fires: { 'ltd_purge_oldest_owed_seconds{pod="a"}': '0+60x90' },
    silent: { 'ltd_purge_oldest_owed_seconds{pod="a"}': constant(600) },
  },
  KeeperStoreThrottled: {
    fires: {
      'ltd_store_requests_total{kind="write",outcome="refused"}': growing(20),
      'ltd_store_requests_total{kind="write",outcome="answered"}': growing(80),
    },
    silent: {
      'ltd_store_requests_total{kind="write",outcome="refused"}': growing(5),
      'ltd_store_requests_total{kind="write",outcome="answered"}': growing(95),
    },
  },
  KeeperStoreUnanswered: {
    fires: {
      'ltd_store_requests_total{kind="read",outcome="unanswered"}': growing(20),
      'ltd_store_requests_total{kind="read",outcome="answered"}': growing(80),
    },
    silent: {
      'ltd_store_requests_total{kind="read",outcome="unanswered"}': growing(1),
      'ltd_store_requests_total{kind="read",outcome="answered"}': growing(99),
    },
  },
  KeeperHeals: {
    fires: { 'ltd_reconciled_total{action="started"}': growing(1) },
    silent: {
      'ltd_reconciled_total{action="started"}': once,
      'ltd_reconciled_total{action="dashboard"}': growing(1),
    },
  },
  KeeperReconcileFails: {
    fires: { 'ltd_reconcile_failures_total{part="buckets",pod="a"}': growing(1) },
    silent: { 'ltd_reconcile_failures_total{part="buckets",pod="a"}': once },
  },
  KeeperBucketOutOfStep: {
    fires: {
      'ltd_buckets_out_of_step_total{pod="a"}': growing(1),
      'ltd_buckets_out_of_step_total{pod="b"}': growing(1),
    },
    silent: { 'ltd_buckets_out_of_step_total{pod="a"}': once },
  },
  KeeperDriftFound: {
    fires: { 'ltd_drift_found_total{drift="objects"}': once },
    silent: { 'ltd_drift_found_total{drift="objects"}': constant(2) },
  },
  KeeperWorkflowTasksFail: {
    fires: { 'temporal_workflow_task_execution_failed_total{workflow_type="RebuildEdition"}': growing(1) },
    silent: { 'temporal_workflow_task_execution_failed_total{workflow_type="RebuildEdition"}': constant(1) },
  },
  KeeperRunsPaused: {
    fires: { 'ltd_paused_runs{pod="a"}': constant(2) },
    silent: { 'ltd_paused_runs{pod="a"}': nowAndThen },
  },
  KeeperNoFreeSlots: {
    fires: { [slots('a')]: constant(0), [slots('b')]: constant(0) },
    silent: {
      [slots('a')]: constant(0),
      [slots('b')]: constant(1),
      [slots('a', 'keeper-manifests')]: constant(0),
    },
  },
};

describeWithPromtool('the Prometheus rules of k8s/', () => {
  it("passes promtool's check of the rules", async () => {
    assert.match(await checkRules(file), /SUCCESS/);
  });

  for (const [alert, { fires, silent }] of Object.entries(cases)) {
    it(`fires ${alert} when it should, and not for similar series`, async () => {
      await testRules({
        rule_files: [file],
        evaluation_interval: '1m',
        tests: [
          unitTest(alert, fires, [{ labels: '{}', value: 1 }]),
          // An alert without a receiver is useless.
          unitTest(alert, silent, []),
        ],
      });
    });
  }
});

describe('the alerts', () => {
  let names: string[];

  before(async () => {
    const text = await readFile(file, 'utf8');
    names = [...text.matchAll(/^\s*- alert: (\w+)$/gm)].map(([, name = '']) => name);
  });

  it('has one test for each alert', () => {
    assert.deepEqual(names.sort(), Object.keys(cases).sort());
  });

  it('links each alert to an explanation with its meaning and a command', async () => {
    const text = await readFile(file, 'utf8');
    const operations = await readFile(join(checkout, 'docs', 'operations.md'), 'utf8');
    for (const name of names) {
      assert.ok(text.includes(`runbook: docs/operations.md#${name.toLowerCase()}\n`), name);
      const section = operations.split(`\n### ${name}\n`)[1]?.split(/\n##/)[0] ?? '';
      assert.match(section, /```sh\n[^`]+\n```/, `${name} has no command`);
      assert.match(section, /^\n[\w`]/, `${name} is not explained`);
    }
  });
});

function unitTest(alert: string, series: Series, samples: readonly unknown[]): unknown {
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count(max by (alertname) (ALERTS{alertname="${alert}",alertstate="firing"}))`,
        eval_time: '85m',
        exp_samples: samples,
      },
    ],
  };
}
