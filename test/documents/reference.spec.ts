import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import {
  CompiledCode,
  DEVICE_BOUND,
  INDEX,
  propertiesOf,
  TESTING,
} from './support/compiled-code.js';
import { ROOT } from '../package/support/project.js';
import { COMMENTS, EXPORTED_NAMES } from './support/reference.js';

// The compiler runs here.
jest.setTimeout(120_000);

const HEADER = `
import { createServer, type IncomingMessage } from 'node:http';
import { BadRequestException, Controller, Get, Injectable, Module, Post, UseInterceptors,
  type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { ${EXPORTED_NAMES.index.join(', ')} } from 'nestjs-secure-cookie';
import { ${EXPORTED_NAMES.testing.join(', ')} } from 'nestjs-secure-cookie/testing';
import { ${EXPORTED_NAMES.deviceBound.join(', ')} } from 'nestjs-secure-cookie/device-bound';
`;

const examples = COMMENTS.flatMap(({ title, tags }) =>
  tags.filter(({ name }) => name === 'example').map(({ text }) => ({ title, text })),
).map(({ title, text }, index) => ({ title, file: `example-${index}.ts`, code: program(text) }));

/** Nest calls them, and no reader of the reference. */
const CALLED_BY_NEST = new Set([
  'canActivate',
  'configure',
  'intercept',
  'onApplicationShutdown',
  'onModuleInit',
]);

/** What the library gives and nobody passes: there, optional does not mean that there is a default. */
const NOT_OPTIONS = new Set(['ReadSetCookie', 'SecureCookieStandardSchema']);

const UNIT = /\bseconds?\b|\bversion\b|\bhow many\b|\bbits\b/i;

/** What only passes on what others throw says so in words. */
const OURS = /^(?:\{@link SecureCookieError\}|`SecureCookieError`)/;

describe('the API reference', () => {
  let compiled: CompiledCode;
  let exported: readonly ts.Symbol[];

  beforeAll(async () => {
    const surroundings = await readFile(
      join(ROOT, 'test/package/apps/examples/surroundings.ts'),
      'utf8',
    );
    compiled = await CompiledCode.of([
      ...examples,
      { file: 'surroundings.ts', code: surroundings },
    ]);
    exported = [INDEX, TESTING, DEVICE_BOUND].flatMap((entry) => compiled.exportsOf(entry));
  });
  afterAll(() => compiled.remove());

  it.each(examples)('has an example that compiles: $title', ({ file }) => {
    expect(compiled.complaints(file)).toBe('');
  });

  it('has a summary of every export', () => {
    expect(exported.map(({ name }) => name).toSorted()).toEqual(
      Object.values(EXPORTED_NAMES).flat().toSorted(),
    );
    expect(namesOf(exported.filter((symbol) => summary(symbol) === ''))).toEqual([]);
  });

  it('has an example of everything that exists at run time, and of each of its methods', () => {
    const values = exported.filter(({ flags }) => (flags & ts.SymbolFlags.Value) !== 0);
    const methods = values.flatMap((symbol) => publicMethods(symbol));

    expect(methods.length).toBeGreaterThan(15);
    expect(namesOf([...values, ...methods].filter((symbol) => !hasTag(symbol, 'example')))).toEqual(
      [],
    );
  });

  it('has the default of every option', () => {
    const options = exported
      .filter(({ name }) => !NOT_OPTIONS.has(name))
      .flatMap((symbol) => propertiesOf(symbol))
      .filter(({ questionToken, type }) => questionToken !== undefined && !isAbsent(type));

    expect(options.length).toBeGreaterThan(20);
    expect(
      options.filter((option) => !sourceOf(option).includes('@defaultValue')).map(nameOf),
    ).toEqual([]);
  });

  it('has the unit of every number', () => {
    const numbers = exported
      .flatMap((symbol) => propertiesOf(symbol))
      .filter(({ type }) => /(?:^|\| |=> )number\b/.test(type?.getText() ?? ''));

    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.filter((property) => !UNIT.test(sourceOf(property))).map(nameOf)).toEqual([]);
  });

  it('has codes that exist, wherever it says what is thrown', () => {
    const codes = new Set(compiled.union('SecureCookieErrorCode'));
    const thrown = COMMENTS.flatMap(({ title, tags }) =>
      tags
        .filter(({ name }) => name === 'throws')
        .filter(({ text }) => OURS.test(text))
        .map(({ text }) => ({ title, text, named: namedCodes(text) })),
    );

    expect(thrown.length).toBeGreaterThan(40);
    expect(
      thrown.filter(({ named }) => named.length === 0 || !named.every((code) => codes.has(code))),
    ).toEqual([]);
  });
});

/** An example as a file of its own. Those that are a method get a class around them. */
function program(example: string): string {
  const code = example.replaceAll(/^( *)\\@/gm, '$1@');
  const isMethod = /^(?:@\w+\(.*\)\n)*(?!if|for|while|function)\w+\(.*\) \{\n/.test(code);
  return isMethod ? `${HEADER}class Documented extends Example {\n${code}\n}` : HEADER + code;
}

/** The codes in a `@throws`, each of which may say after it when it happens. */
function namedCodes(thrown: string): string[] {
  return thrown
    .replace(OURS, '')
    .split(/[;,]|\bor\b/)
    .map((part) => part.split(/\s(?:for|where|if|as|when|also|after|-)\s/, 1).join(''))
    .flatMap((part) => [...part.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code));
}

function summary(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(undefined));
}

function hasTag(symbol: ts.Symbol, name: string): boolean {
  return symbol.getJsDocTags().some((tag) => tag.name === name);
}

function publicMethods(symbol: ts.Symbol): ts.Symbol[] {
  const members = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])];
  return members.filter(
    (member) =>
      (member.flags & ts.SymbolFlags.Method) !== 0 &&
      !member.name.startsWith('#') &&
      !CALLED_BY_NEST.has(member.name) &&
      !hasTag(member, 'internal'),
  );
}

/** One arm of a union says so that it has no such property. */
function isAbsent(type: ts.TypeNode | undefined): boolean {
  return /^(?:false \| )?undefined$/.test(type?.getText() ?? '');
}

/** With its documentation. */
function sourceOf(property: ts.PropertySignature): string {
  return property.getFullText();
}

function nameOf(property: ts.PropertySignature): string {
  return property.name.getText();
}

function namesOf(symbols: readonly ts.Symbol[]): string[] {
  return symbols.map(({ name }) => name);
}
