/**
 * Pickles as data. A pickle is a program for a small stack machine; this one runs it without Python's power: names of classes and functions
 * become inert values that a {@link PickleLanguage} must know, and calling one is a lookup in that language, never a call into anything else
 * (opcodes: Python's Lib/pickletools.py, protocols 0 to 5).
 */
import { cost, cut, PickleReader } from "./pickle-reader.js";
import { PickleStack } from "./pickle-stack.js";
import { checkTree } from "./pickle-tree.js";
import type { CheckpointValue, PythonGlobal, PythonObject } from "./values.js";

/** What names and references in a pickle mean. Each function throws for what it does not know. */
export interface PickleLanguage {
  /** A name as a value. */
  global(name: string): PythonGlobal;
  /** What calling the global with the arguments gives. `spend` must be told of memory that grows with them, in bytes. */
  call(callee: PythonGlobal, args: readonly CheckpointValue[], spend: (bytes: number) => void): CheckpointValue;
  /** What a reference out of the pickle means. */
  reference(id: CheckpointValue): CheckpointValue;
}

/** The end of a pickle: its value and the position after it. */
export interface Unpickled {
  readonly value: CheckpointValue;
  readonly end: number;
}

/**
 * Interprets one pickle.
 *
 * @param bytes - bytes that contain the pickle
 * @param start - where it begins
 * @param language - what its names mean
 * @param label - what to call the file in errors
 * @returns the value, free of cycles and safe to walk, or `undefined` when the bytes end before the pickle does
 * @throws FoleyError `bad-file` for what is no pickle or asks for too much; what the language throws
 */
export function unpickle(bytes: Uint8Array, start: number, language: PickleLanguage, label: string): Unpickled | undefined {
  const reader = new PickleReader(bytes, start, label);
  try {
    const value = new Machine(reader, language).run();
    checkTree(value, label);
    return { value, end: reader.position };
  } catch (error) {
    if (error === cut) return undefined;
    throw error;
  }
}

type Mutable = { -readonly [Key in keyof PythonObject]: PythonObject[Key] };

class Machine {
  readonly #reader: PickleReader;
  readonly #language: PickleLanguage;
  readonly #stack: PickleStack;

  constructor(reader: PickleReader, language: PickleLanguage) {
    this.#reader = reader;
    this.#language = language;
    this.#stack = new PickleStack(reader);
  }

  run(): CheckpointValue {
    for (;;) {
      const opcode = this.#reader.opcode();
      if (opcode === 0x2e) return this.#stack.pop(); // STOP
      const value = this.#valueOf(opcode);
      if (value === undefined) this.#act(opcode);
      else this.#stack.push(value);
    }
  }

  /** The value of an opcode that puts one on the stack, otherwise `undefined`. */
  #valueOf(opcode: number): CheckpointValue | undefined {
    switch (opcode) {
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x49: // INT
        return this.#reader.decimal(this.#reader.line(), true);
      case 0x4c: // LONG
        return this.#reader.decimal(this.#reader.line().replace(/L$/, ""), false);
      case 0x4a: // BININT
        return this.#reader.int32();
      case 0x4b: // BININT1
        return this.#reader.byte();
      case 0x4d: // BININT2
        return this.#reader.uint16();
      case 0x8a: // LONG1
        return this.#reader.integer(this.#reader.byte());
      case 0x8b: // LONG4
        return this.#reader.integer(this.#reader.length4());
      case 0x46: // FLOAT
        return this.#reader.float(this.#reader.line());
      case 0x47: // BINFLOAT
        return this.#reader.float64();
      case 0x53: // STRING
        return this.#reader.quoted(this.#reader.line());
      case 0x54: // BINSTRING
        return this.#reader.oldText(this.#reader.length4());
      case 0x55: // SHORT_BINSTRING
        return this.#reader.oldText(this.#reader.byte());
      case 0x56: // UNICODE
        return this.#reader.unescaped(this.#reader.line());
      case 0x58: // BINUNICODE
        return this.#reader.text(this.#reader.length4());
      case 0x8c: // SHORT_BINUNICODE
        return this.#reader.text(this.#reader.byte());
      case 0x8d: // BINUNICODE8
        return this.#reader.text(this.#reader.length8());
      case 0x42: // BINBYTES
        return this.#reader.bytes(this.#reader.length4());
      case 0x43: // SHORT_BINBYTES
        return this.#reader.bytes(this.#reader.byte());
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#reader.bytes(this.#reader.length8());
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
      case 0x29: // EMPTY_TUPLE
        return this.#container([]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#container(this.#stack.popMany(opcode - 0x84));
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        return this.#container(this.#stack.popMark());
      case 0x7d: // EMPTY_DICT
        return this.#container(new Map());
      case 0x64: // DICT
        return this.#set(this.#container(new Map()), this.#stack.popMark());
      case 0x32: // DUP
        return this.#stack.top();
      case 0x67: // GET
        return this.#stack.recall(this.#reader.index(this.#reader.line()));
      case 0x68: // BINGET
        return this.#stack.recall(this.#reader.byte());
      case 0x6a: // LONG_BINGET
        return this.#stack.recall(this.#reader.length4());
      case 0x63: // GLOBAL
        return this.#global(this.#reader.line(), this.#reader.line());
      case 0x93: // STACK_GLOBAL
        return this.#global(...this.#stack.popPair());
      case 0x69: // INST
        return this.#call(this.#global(this.#reader.line(), this.#reader.line()), this.#stack.popMark());
      case 0x6f: {
        // OBJ
        const [callee, ...args] = this.#stack.popMark();
        return this.#call(callee, args);
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#call(...this.#stack.popPair());
      case 0x50: // PERSID
        return this.#language.reference(this.#reader.line());
      case 0x51: // BINPERSID
        return this.#language.reference(this.#stack.pop());
      default:
        return undefined;
    }
  }

  /** The opcodes that change what is already there. */
  #act(opcode: number): void {
    switch (opcode) {
      case 0x61: // APPEND
        this.#append([this.#stack.pop()]);
        break;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        this.#append(this.#stack.popMark());
        break;
      case 0x73: {
        // SETITEM
        const pair = this.#stack.popPair();
        this.#set(this.#stack.top(), pair);
        break;
      }
      case 0x75: {
        // SETITEMS
        const pairs = this.#stack.popMark();
        this.#set(this.#stack.top(), pairs);
        break;
      }
      case 0x62: // BUILD
        this.#build();
        break;
      case 0x28: // MARK
        this.#stack.mark();
        break;
      case 0x30: // POP, the one opcode that takes away a value or a mark
        this.#stack.drop();
        break;
      case 0x31: // POP_MARK
        this.#stack.popMark();
        break;
      case 0x70: // PUT
        this.#stack.remember(this.#reader.index(this.#reader.line()));
        break;
      case 0x71: // BINPUT
        this.#stack.remember(this.#reader.byte());
        break;
      case 0x72: // LONG_BINPUT
        this.#stack.remember(this.#reader.length4());
        break;
      case 0x94: // MEMOIZE
        this.#stack.remember(this.#stack.remembered);
        break;
      case 0x80: {
        // PROTO
        const protocol = this.#reader.byte();
        if (protocol > 5) throw this.#reader.bad(`is of protocol ${protocol}, 0 to 5 are known`);
        break;
      }
      case 0x95: // FRAME
        this.#reader.length8();
        break;
      default: // EXT1 to EXT4, NEWOBJ_EX, NEXT_BUFFER, READONLY_BUFFER, and no opcode at all
        throw this.#reader.bad(`has the opcode 0x${opcode.toString(16)}, which no checkpoint needs`);
    }
  }

  #container<Value extends CheckpointValue>(value: Value): Value {
    this.#reader.spend(cost.container);
    return value;
  }

  #append(items: readonly CheckpointValue[]): void {
    const list = this.#stack.top();
    if (!Array.isArray(list)) throw this.#reader.bad("appends to something that is no list");
    this.#reader.spend(cost.item * items.length);
    for (const item of items) list.push(item);
  }

  #set(dictionary: CheckpointValue, items: readonly CheckpointValue[]): CheckpointValue {
    if (!(dictionary instanceof Map)) throw this.#reader.bad("sets an entry of something that is no dictionary");
    if (items.length % 2 !== 0) throw this.#reader.bad("sets an entry without a value");
    this.#reader.spend(cost.entry * items.length);
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
    return dictionary;
  }

  #global(module: CheckpointValue, name: CheckpointValue): PythonGlobal {
    if (typeof module !== "string" || typeof name !== "string")
      throw this.#reader.bad("names a class by something that is no text");
    return this.#language.global(`${module}.${name}`);
  }

  #call(callee: CheckpointValue | undefined, args: CheckpointValue): CheckpointValue {
    if (!isKind(callee, "global")) throw this.#reader.bad("calls something that is no class or function");
    if (!Array.isArray(args)) throw this.#reader.bad("gives arguments that are no tuple");
    this.#reader.spend(cost.container);
    return this.#language.call(callee, args as readonly CheckpointValue[], this.#reader.spend);
  }

  /** State of an object. That of a dictionary is attributes beside its entries, which torch uses for versions of modules. */
  #build(): void {
    const state = this.#stack.pop();
    const target = this.#stack.top();
    if (target instanceof Map) return;
    if (!isKind(target, "object")) throw this.#reader.bad("sets the state of something that has none");
    (target as Mutable).state = state;
  }
}

function isKind<Kind extends "global" | "object">(
  value: CheckpointValue | undefined,
  kind: Kind,
): value is Extract<CheckpointValue, { readonly kind: Kind }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
