import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { builtGoProgram } from '../../dev/kubernetes/go-program.js';
import { kustomize } from '../../dev/kubernetes/programs.js';
import { checkout } from '../../scripts/paths.js';

const run = promisify(execFile);

/** The command that renders a folder to YAML, with the folder as its last argument. */
type Renderer = readonly [command: string, ...args: string[]];

const renderer = await findRenderer();

/** The pinned kustomize where it is built, else the installed one. */
async function findRenderer(): Promise<Renderer | undefined> {
  const built = await builtGoProgram(kustomize);
  if (built !== undefined) return [built, 'build'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const installed = (name: string): boolean => folders.some((folder) => existsSync(join(folder, name)));
  if (installed('kustomize')) return ['kustomize', 'build'];
  return installed('kubectl') ? ['kubectl', 'kustomize'] : undefined;
}

/** The command that installs it. */
const remedy = 'there is no kustomize and no kubectl; run: make kustomize';

/**
 * Tests that render `k8s/`. Without a renderer they are skipped, with the command that builds one in the title. In CI
 * they must run.
 */
export function describeManifests(title: string, tests: () => void): void {
  if (renderer !== undefined || process.env['CI'] === 'true') describe(title, tests);
  else describe.skip(`${title} (skipped: ${remedy})`, tests);
}

/** The deployments by name, with their folders in the checkout. */
export const deployments = {
  development: 'k8s/overlays/development',
  production: 'k8s/overlays/production',
  'temporal-cloud': 'k8s/overlays/temporal-cloud',
  'with every component': 'test/k8s/every-component',
} as const;

const rendered = new Map<string, Promise<string>>();

/** Renders a folder, of the checkout or by its whole path, once, as `kubectl apply -k` would apply it. */
export async function renderYaml(folder: string): Promise<string> {
  const known = rendered.get(folder) ?? render(folder);
  rendered.set(folder, known);
  return known;
}

async function render(folder: string): Promise<string> {
  if (renderer === undefined) throw new Error(remedy);
  const [command, ...args] = renderer;
  const { stdout } = await run(command, [...args, resolve(checkout, folder)], { maxBuffer: 16 * 1024 ** 2 });
  return stdout;
}

/** Like {@link renderYaml}, parsed. */
export async function renderManifests(folder: string): Promise<readonly Manifest[]> {
  // `kubernetes-validate` checks their shape.
  return parseAllDocuments(await renderYaml(folder)).map((document) => document.toJS() as Manifest);
}

type Labels = Readonly<Record<string, string>>;

/** The tested parts of a Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly template?: PodTemplate;
    readonly podSelector?: Selector;
    readonly egress?: readonly {
      readonly to?: readonly { readonly ipBlock?: { readonly cidr: string } }[];
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    }[];
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly rules?: readonly { readonly host: string }[];
    readonly tls?: readonly { readonly hosts: readonly string[] }[];
    readonly scaleTargetRef?: { readonly name: string };
    readonly triggers?: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
}

/** A label selector. */
export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** A pod template. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly enableServiceLinks?: boolean;
    readonly serviceAccountName?: string;
    readonly terminationGracePeriodSeconds?: number;
    readonly securityContext?: Readonly<Record<string, unknown>>;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean };
    };
  }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

/** A Deployment or a Job among the manifests, with its pod template. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly template: PodTemplate;
}

/** All Deployments and Jobs. */
export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests.flatMap(({ kind, metadata: { name }, spec }) =>
    spec?.template === undefined ? [] : [{ kind, name, template: spec.template }],
  );
}

/** The environment of a container; `secretOf` gives the values from secrets. */
export function environmentOf(
  container: Container,
  manifests: readonly Manifest[],
  secretOf: (key: string) => string | undefined,
): Record<string, string> {
  const shared = (container.envFrom ?? []).map(({ configMapRef }) => configMapOf(manifests, configMapRef.name));
  const own = (container.env ?? []).flatMap(({ name, value, valueFrom }) => {
    const given = valueFrom === undefined ? value : secretOf(valueFrom.secretKeyRef.key);
    return given === undefined ? [] : [[name, given] as const];
  });
  return Object.assign({}, ...shared, Object.fromEntries(own)) as Record<string, string>; // maps of strings alone
}

function configMapOf(manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  if (found?.data === undefined) throw new Error(`No ConfigMap ${name} is rendered`);
  return found.data;
}
