import { createHash } from 'node:crypto';

/** The fields of npm's CycloneDX document that this module uses. */
interface Bom {
  serialNumber?: string;
  readonly metadata: {
    timestamp?: string;
    readonly tools: readonly { version?: string }[];
    readonly component: { name: string };
  };
  components: readonly Component[];
  dependencies: readonly { readonly ref: string; dependsOn?: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly properties?: readonly { readonly name: string }[];
}

/**
 * Reduces a document of all packages to the shipped ones, reproducibly: without time and npm version, and named after
 * the package instead of its folder. npm's own `--omit dev` also leaves out shipped packages that a development package
 * uses.
 */
export function shippedBom(text: string, name: string): string {
  const bom = JSON.parse(text) as Bom; // npm's own
  bom.components = bom.components.filter((component) => !isForDevelopment(component));
  const refs = new Set(bom.components.map((component) => component['bom-ref']));
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref) || ref.startsWith(`${name}@`))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  delete bom.metadata.timestamp;
  for (const tool of bom.metadata.tools) delete tool.version;
  bom.metadata.component.name = name;
  delete bom.serialNumber;
  return `${JSON.stringify({ ...bom, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(bom))}` }, undefined, 2)}\n`;
}

function isForDevelopment({ properties = [] }: Component): boolean {
  return properties.some((property) => property.name === 'cdx:npm:package:development');
}

/** A UUID of version 8 (RFC 9562, 5.8) from a digest. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
