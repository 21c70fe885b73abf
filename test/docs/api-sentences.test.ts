import path from 'node:path';
import * as ts from 'typescript';
import { REPOSITORY } from './markdown';

/**
 * API.md is made of the doc comments of what `lib/index.ts` exports: each class, struct, enum and member of them has a sentence, a property that
 * may be left out says what it is then, and a number says of what.
 */
const UNIT = /seconds|minutes|hours|days|bytes|[KMG]i?B\b|per ?cent|fraction|number of|how many|times|units?\b|count|at a time|at most|between|port/i;
const ENTRY = path.join(REPOSITORY, 'lib/index.ts');

/** @returns `<class>.<member>: <what it lacks>` */
function gapsOf(file: string, source?: string): string[] {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, noLib: true, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (name === file && source !== undefined) return ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true);
    return name.includes('/node_modules/') ? undefined : getSourceFile(name, ...rest); // not the CDK: this takes a second, and not ten
  };
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  return checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!)
    .map((symbol) => symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
    .filter((symbol) => isPublic(symbol))
    .flatMap((symbol) => [
      ...lacksOf(symbol, checker).map((what) => `${symbol.name}: ${what}`),
      ...membersOf(symbol).flatMap((member) => lacksOf(member, checker).map((what) => `${symbol.name}.${member.name}: ${what}`)),
    ]);
}

/** Its own; what a class of the CDK's gives it is described there. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const tables = [symbol.members, symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Enum) ? symbol.exports : undefined];
  return tables.flatMap((table) => [...table?.values() ?? []])
    .filter((member) => member.name !== 'prototype' && member.name !== '__constructor' && isPublic(member));
}

function isPublic(symbol: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return symbol.declarations!.every((declaration) => !(ts.getCombinedModifierFlags(declaration) & hidden)
    && !ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal'));
}

/** Inherited text counts, as it does for API.md. */
function lacksOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const [declaration] = symbol.declarations!;
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const defaults = symbol.getJsDocTags(checker).filter(({ name }) => name === 'default');
  const byDefault = defaults.map((tag) => ts.displayPartsToString(tag.text)).join('').trim();
  const isProperty = ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration);
  return [
    ...(text === '' ? ['a sentence'] : []),
    ...(isOfStruct(declaration) && declaration.questionToken !== undefined && byDefault === '' ? ['@default'] : []),
    ...(isProperty && declaration.type?.kind === ts.SyntaxKind.NumberKeyword && !UNIT.test(`${text} ${byDefault}`) ? ['of what it is a number'] : []),
  ];
}

/** What users give. `IFoo` is what they get: there, undefined is an answer. */
function isOfStruct(declaration: ts.Declaration): declaration is ts.PropertySignature {
  return ts.isPropertySignature(declaration) && ts.isInterfaceDeclaration(declaration.parent) && !/^I[A-Z]/.test(declaration.parent.name.text);
}

test('every public member has a sentence, a default where it may be left out, and a unit where it is a number', () => {
  expect(gapsOf(ENTRY)).toEqual([]);
}, 60_000);

test('those that have not are found', () => {
  expect(gapsOf(path.join(REPOSITORY, 'lib/broken.ts'), `
    export interface FooProps {
      readonly bare?: string;
      /** A size. */
      readonly size: number;
      /** Seconds. */
      readonly period: number;
    }
    /** A kind. */
    export enum Kind { ONE }
    export class Foo {
      private hidden() {}
      public shown() {}
      /** Of no concern. @internal */
      public _inner() {}
      public static make() {}
    }`)).toEqual([
    'FooProps: a sentence', 'FooProps.bare: a sentence', 'FooProps.bare: @default', 'FooProps.size: of what it is a number', 'Kind.ONE: a sentence',
    'Foo: a sentence', 'Foo.shown: a sentence', 'Foo.make: a sentence',
  ]);
});
