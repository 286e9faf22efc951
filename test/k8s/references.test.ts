import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { taskQueues } from '../../src/workflows/contract.js';
import {
  deployments,
  describeManifests,
  type Manifest,
  type PodTemplate,
  renderManifests,
  type Selector,
  workloadsOf,
} from '../support/manifests.js';

/** The labels of the pods that a selector matches. */
function selected(pods: readonly PodTemplate[], { matchLabels = {}, matchExpressions = [] }: Selector): string[] {
  return pods
    .map(({ metadata }) => metadata.labels)
    .filter((labels) => Object.entries(matchLabels).every(([key, value]) => labels[key] === value))
    .filter((labels) =>
      matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? '')),
    )
    .map((labels) => labels['app.kubernetes.io/component'] ?? '');
}

for (const [name, folder] of Object.entries(deployments))
  describeManifests(`references in k8s/, ${name}`, () => {
    let manifests: readonly Manifest[];
    let pods: readonly PodTemplate[];
    const ofKind = (kind: string): readonly Manifest[] => manifests.filter((each) => each.kind === kind);
    const deployment = (of: string): Manifest | undefined =>
      ofKind('Deployment').find(({ metadata }) => metadata.name === of);

    before(async () => {
      manifests = await renderManifests(folder);
      pods = workloadsOf(manifests).map(({ template }) => template);
    });

    it('keeps all objects in one namespace', () => {
      for (const { kind, metadata } of manifests)
        if (kind !== 'Namespace') assert.equal(metadata.namespace, 'ltd-keeper', `${kind} ${metadata.name}`);
    });

    it('names service accounts that exist', () => {
      const accounts = ofKind('ServiceAccount').map(({ metadata }) => metadata.name);
      for (const { spec } of pods) assert.ok(accounts.includes(spec.serviceAccountName ?? ''));
    });

    it("selects the API's pods and one of their ports in the Service", () => {
      const [service] = ofKind('Service');
      assert.deepEqual(selected(pods, { matchLabels: service?.spec?.selector as Record<string, string> }), ['api']);
      const ports = deployment('ltd-keeper-api')?.spec?.template?.spec.containers[0]?.ports ?? [];
      for (const { targetPort } of service?.spec?.ports ?? [])
        assert.ok(ports.some((port) => port.name === targetPort));
    });

    it('selects the pods of one component in each Deployment and PodDisruptionBudget', () => {
      for (const kind of ['Deployment', 'PodDisruptionBudget'])
        for (const { metadata, spec } of ofKind(kind))
          assert.deepEqual(
            selected(pods, spec?.selector ?? {}).map((component) => `ltd-keeper-${component}`),
            [metadata.name],
          );
    });

    it('selects at least one pod in each NetworkPolicy', () => {
      for (const { spec } of ofKind('NetworkPolicy')) assert.notDeepEqual(selected(pods, spec?.podSelector ?? {}), []);
    });

    it('lets every pod reach NodeLocal DNSCache, wherever policies deny other traffic', () => {
      const policies = ofKind('NetworkPolicy');
      const cache = '169.254.20.10/32';
      const opened = policies.filter(({ spec }) =>
        spec?.egress?.some(
          ({ to = [], ports }) =>
            to.some(({ ipBlock }) => ipBlock?.cidr === cache) &&
            ['UDP', 'TCP'].every((protocol) => ports.some((one) => one.port === 53 && one.protocol === protocol)),
        ),
      );
      const reached = opened.flatMap(({ spec }) => selected(pods, spec?.podSelector ?? {}));
      const all = pods.map(({ metadata: { labels } }) => labels['app.kubernetes.io/component'] ?? '');
      assert.deepEqual(reached, policies.length === 0 ? [] : all);
    });

    it('scales each Deployment by one autoscaler at most, and sets no replicas for a scaled one', () => {
      const scaled = [...ofKind('HorizontalPodAutoscaler'), ...ofKind('ScaledObject')].map(
        ({ spec }) => spec?.scaleTargetRef?.name ?? '',
      );
      assert.equal(new Set(scaled).size, scaled.length, scaled.join(' '));
      for (const { metadata, spec } of ofKind('Deployment'))
        assert.equal(spec?.replicas === undefined, scaled.includes(metadata.name), metadata.name);
      for (const target of scaled) assert.notEqual(deployment(target), undefined);
    });

    it('scales by task queues that the scaled worker serves', () => {
      for (const { spec } of ofKind('ScaledObject')) {
        const worker = deployment(spec?.scaleTargetRef?.name ?? '')?.spec?.template?.spec.containers[0];
        const queues = worker?.env?.find((each) => each.name === 'LTD_WORKER_QUEUES')?.value?.split(',');
        for (const { metadata } of spec?.triggers ?? []) {
          assert.ok(queues?.includes(metadata['taskQueue'] ?? ''));
          assert.ok((Object.values(taskQueues) as readonly string[]).includes(metadata['taskQueue'] ?? ''));
        }
      }
    });
  });

describeManifests("k8s/overlays/production with the operator's host in each of its files", () => {
  let manifests: readonly Manifest[];

  before(async () => {
    const folder = await temporaryFolder('test-own-host');
    await cp(join(checkout, 'k8s'), folder, { recursive: true });
    const overlay = join(folder, 'overlays', 'production');
    for (const file of ['config.env', 'ingress.yaml']) {
      const text = await readFile(join(overlay, file), 'utf8');
      await writeFile(join(overlay, file), text.replaceAll('keeper.example.org', 'keeper.example.com'));
    }
    manifests = await renderManifests(overlay);
  });

  it('has that host in the ingress, its certificate and LTD_KEEPER_URL', () => {
    const ingress = manifests.find(({ kind }) => kind === 'Ingress');
    assert.deepEqual(
      ingress?.spec?.rules?.map(({ host }) => host),
      ['keeper.example.com'],
    );
    assert.deepEqual(
      ingress.spec.tls?.flatMap(({ hosts }) => hosts),
      ['keeper.example.com'],
    );
    const config = manifests.find(({ kind, data }) => kind === 'ConfigMap' && data?.['LTD_KEEPER_URL']);
    assert.equal(config?.data?.['LTD_KEEPER_URL'], 'https://keeper.example.com');
  });
});

describeManifests('the component database-authority', () => {
  it('mounts its certificate where docs/deploy.md says in every container with DATABASE_URL', async () => {
    const guide = await readFile(join(checkout, 'docs', 'deploy.md'), 'utf8');
    const [, path = ''] = /sslrootcert=([^`]+)\/ca\.crt`/.exec(guide) ?? [];
    for (const { template } of workloadsOf(await renderManifests(deployments['with every component'])))
      for (const { env = [], volumeMounts = [], name } of [
        ...(template.spec.initContainers ?? []),
        ...template.spec.containers,
      ]) {
        assert.ok(env.some((each) => each.name === 'DATABASE_URL'));
        assert.ok(
          volumeMounts.some((mount) => mount.name === 'database-authority' && mount.mountPath === path),
          name,
        );
      }
  });
});

describeManifests('deploy/policies/eks-trust.json', () => {
  it('trusts exactly the service accounts to which production assigns a role', async () => {
    const text = await readFile(join(checkout, 'deploy', 'policies', 'eks-trust.json'), 'utf8');
    const { Statement: statements } = JSON.parse(text) as { Statement: readonly TrustStatement[] };
    const accounts = (await renderManifests(deployments.production)).filter(
      ({ kind, metadata }) =>
        kind === 'ServiceAccount' && metadata.annotations?.['eks.amazonaws.com/role-arn'] !== undefined,
    );
    assert.deepEqual(
      statements.map(({ Condition }) => Condition.StringEquals['ISSUER:sub']),
      [accounts.map(({ metadata }) => `system:serviceaccount:${metadata.namespace ?? ''}:${metadata.name}`)],
    );
  });
});

/** The tested part of an IAM policy that says who may assume a role. */
interface TrustStatement {
  readonly Condition: { readonly StringEquals: { readonly 'ISSUER:sub': readonly string[] } };
}
