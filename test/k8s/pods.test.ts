import assert from 'node:assert/strict';
import { maxDrain } from '../../src/api/http/server.js';
import { shutdown } from '../../src/worker/workers.js';
import { packageVersion } from '../../src/process/package-version.js';
import {
  type Container,
  deployments,
  describeManifests,
  renderManifests,
  type Workload,
  workloadsOf,
} from '../support/manifests.js';

for (const [name, folder] of Object.entries(deployments))
  describeManifests(`the pods of k8s/, ${name}`, () => {
    let workloads: readonly Workload[];
    let containers: readonly Container[];

    before(async () => {
      workloads = workloadsOf(await renderManifests(folder));
      containers = workloads.flatMap(({ template: { spec } }) => [...(spec.initContainers ?? []), ...spec.containers]);
    });

    it('deploys the API, the two kinds of worker, and the migration', () => {
      assert.deepEqual(workloads.map((workload) => workload.name).sort(), [
        'ltd-keeper-api',
        'ltd-keeper-copy-worker',
        'ltd-keeper-migrate',
        'ltd-keeper-worker',
      ]);
    });

    it("runs this project's image of this version, never the newest", () => {
      for (const { image } of containers)
        assert.match(image, new RegExp(`(^|/)ltd-keeper:${packageVersion.replaceAll('.', '\\.')}$`));
    });

    it('runs pods as a user other than root, without rights in the cluster', () => {
      for (const { template } of workloads) {
        const { securityContext, ...spec } = template.spec;
        assert.deepEqual(securityContext, {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          fsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        assert.equal(spec.automountServiceAccountToken, false);
        assert.equal(spec.enableServiceLinks, false);
        assert.notEqual(spec.serviceAccountName, undefined);
      }
    });

    it('lets pods gain no privileges and write only to /tmp', () => {
      for (const { securityContext } of containers)
        assert.deepEqual(securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    });

    it('declares resources and a memory limit for each pod', () => {
      for (const { resources } of containers) {
        assert.deepEqual(Object.keys(resources?.requests ?? {}).sort(), ['cpu', 'memory']);
        // A CPU limit would stop a process during a workflow task, which has only seconds.
        assert.deepEqual(Object.keys(resources?.limits ?? {}), ['memory']);
      }
    });

    it('has startup, liveness and readiness probes for pods that keep running', () => {
      for (const { kind, template } of workloads) {
        const [container] = template.spec.containers;
        const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
        for (const probe of probes) assert.equal(probe !== undefined, kind === 'Deployment');
      }
    });

    it('starts pods only after the schema is migrated', () => {
      for (const { kind, template } of workloads) {
        const gates = (template.spec.initContainers ?? []).map(({ args }) => args);
        assert.deepEqual(gates, kind === 'Deployment' ? [['migrate', '--wait']] : []);
      }
    });

    it('gives pods as much time to end as their programs need', () => {
      const graceOf = (workload: string): number | undefined =>
        workloads.find((each) => each.name === workload)?.template.spec.terminationGracePeriodSeconds;
      const api = workloads.find((each) => each.name === 'ltd-keeper-api')?.template.spec.containers[0];
      const before = api?.lifecycle?.preStop.sleep.seconds ?? 0;
      assert.ok(Number(graceOf('ltd-keeper-api')) > before + maxDrain / 1000);
      for (const worker of ['ltd-keeper-worker', 'ltd-keeper-copy-worker'])
        assert.ok(Number(graceOf(worker)) > parseInt(shutdown.shutdownForceTime));
    });
  });
