import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { App, type Stack } from 'aws-cdk-lib';

/** A table as a template defines it, for a server that knows no CloudFormation. */
export interface TableDefinition {
  /** The resource's name in the template. */
  readonly logicalId: string;
  readonly create: CreateTableCommandInput;
  /** Properties of the resource that the embedded server does not have. */
  readonly leftOut: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What CreateTable takes of a table's properties. */
const TAKEN = ['TableName', 'KeySchema', 'AttributeDefinitions', 'BillingMode'];
/** One server is one Region; what a replica has beside its Region is left out. */
const WITHOUT_EFFECT = ['Replicas'];

/** Synthesizes a stack in this process and reads its one DynamoDB table from the template. */
export function tableOf(define: (app: App) => Stack): TableDefinition {
  const outdir = mkdtempSync(join(tmpdir(), 'demo-'));
  try {
    const app = new App({
      outdir, analyticsReporting: false,
      context: { 'aws:cdk:bundling-stacks': [] }, // the function's code is not wanted here
    });
    const stack = define(app);
    const { Resources } = app.synth().getStackArtifact(stack.artifactId).template as { Resources: Record<string, Resource> };
    const tables = Object.entries(Resources).filter(([, { Type }]) => /^AWS::DynamoDB::(Global)?Table$/.test(Type));
    if (tables.length !== 1) throw new Error(`expected one DynamoDB table in the template, found ${tables.length}`);
    return definitionOf(...tables[0]);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function definitionOf(logicalId: string, { Properties = {} }: Resource): TableDefinition {
  const taken = Object.fromEntries(Object.entries(Properties).filter(([name]) => TAKEN.includes(name)));
  const leftOut = Object.keys(Properties).filter((name) => !TAKEN.includes(name) && !WITHOUT_EFFECT.includes(name));
  return { logicalId, create: { TableName: logicalId, ...taken } as CreateTableCommandInput, leftOut };
}
