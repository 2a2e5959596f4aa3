/**
 * Pickles as data. A pickle is a program for a small stack machine; this one runs it without Python's power: names of classes and functions
 * become inert values that a {@link PickleLanguage} must know, and calling one is a lookup in that language, never a call into anything else
 * (opcodes: Python's Lib/pickletools.py, protocols 0 to 5).
 */
import { cost, PickleReader } from "./pickle-reader.js";
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
 * @returns the value, free of cycles and safe to walk
 * @throws FoleyError `bad-file` for what is no pickle or asks for too much; what the language throws; `cut` when the bytes end before
 * the pickle does
 */
export function unpickle(bytes: Uint8Array, start: number, language: PickleLanguage, label: string): Unpickled {
  const reader = new PickleReader(bytes, start, label);
  const value = new Machine(reader, language).run();
  checkTree(value, label);
  return { value, end: reader.position };
}

type Mutable = { -readonly [Key in keyof PythonObject]: PythonObject[Key] };

/** The values that opcodes put on the stack. */
const VALUES: Readonly<Record<number, (machine: Machine) => CheckpointValue>> = {
  78: () => null, // NONE
  136: () => true, // NEWTRUE
  137: () => false, // NEWFALSE
  73: ({ reader }) => reader.decimal(reader.line(), true), // INT
  76: ({ reader }) => reader.decimal(reader.line().replace(/L$/, ""), false), // LONG
  74: ({ reader }) => reader.int32(), // BININT
  75: ({ reader }) => reader.byte(), // BININT1
  77: ({ reader }) => reader.uint16(), // BININT2
  138: ({ reader }) => reader.integer(reader.byte()), // LONG1
  139: ({ reader }) => reader.integer(reader.length4()), // LONG4
  70: ({ reader }) => reader.float(reader.line()), // FLOAT
  71: ({ reader }) => reader.float64(), // BINFLOAT
  83: ({ reader }) => reader.quoted(reader.line()), // STRING
  84: ({ reader }) => reader.oldText(reader.length4()), // BINSTRING
  85: ({ reader }) => reader.oldText(reader.byte()), // SHORT_BINSTRING
  86: ({ reader }) => reader.unescaped(reader.line()), // UNICODE
  88: ({ reader }) => reader.text(reader.length4()), // BINUNICODE
  140: ({ reader }) => reader.text(reader.byte()), // SHORT_BINUNICODE
  141: ({ reader }) => reader.text(reader.length8()), // BINUNICODE8
  66: ({ reader }) => reader.bytes(reader.length4()), // BINBYTES
  67: ({ reader }) => reader.bytes(reader.byte()), // SHORT_BINBYTES
  142: ({ reader }) => reader.bytes(reader.length8()), // BINBYTES8
  150: ({ reader }) => reader.bytes(reader.length8()), // BYTEARRAY8
  93: (machine) => machine.container([]), // EMPTY_LIST
  143: (machine) => machine.container([]), // EMPTY_SET
  41: (machine) => machine.container([]), // EMPTY_TUPLE
  133: (machine) => machine.container(machine.stack.popMany(1)), // TUPLE1
  134: (machine) => machine.container(machine.stack.popMany(2)), // TUPLE2
  135: (machine) => machine.container(machine.stack.popMany(3)), // TUPLE3
  116: (machine) => machine.container(machine.stack.popMark()), // TUPLE
  108: (machine) => machine.container(machine.stack.popMark()), // LIST
  145: (machine) => machine.container(machine.stack.popMark()), // FROZENSET
  125: (machine) => machine.container(new Map()), // EMPTY_DICT
  100: (machine) => machine.set(machine.container(new Map()), machine.stack.popMark()), // DICT
  50: ({ stack }) => stack.top(), // DUP
  103: ({ stack, reader }) => stack.recall(reader.index(reader.line())), // GET
  104: ({ stack, reader }) => stack.recall(reader.byte()), // BINGET
  106: ({ stack, reader }) => stack.recall(reader.length4()), // LONG_BINGET
  99: (machine) => machine.named(), // GLOBAL
  147: (machine) => machine.global(...machine.stack.popPair()), // STACK_GLOBAL
  105: (machine) => machine.call(machine.named(), machine.stack.popMark()), // INST
  111: (machine) => machine.callFirst(machine.stack.popMark()), // OBJ
  82: (machine) => machine.call(...machine.stack.popPair()), // REDUCE
  129: (machine) => machine.call(...machine.stack.popPair()), // NEWOBJ
  80: ({ language, reader }) => language.reference(reader.line()), // PERSID
  81: ({ language, stack }) => language.reference(stack.pop()), // BINPERSID
};

/** The opcodes that change what is already there. Not there: EXT1 to EXT4, NEWOBJ_EX, NEXT_BUFFER, READONLY_BUFFER. */
const ACTIONS: Readonly<Record<number, (machine: Machine) => void>> = {
  97: (machine) => machine.append([machine.stack.pop()]), // APPEND
  101: (machine) => machine.append(machine.stack.popMark()), // APPENDS
  144: (machine) => machine.append(machine.stack.popMark()), // ADDITEMS
  115: (machine) => machine.setTop(machine.stack.popPair()), // SETITEM
  117: (machine) => machine.setTop(machine.stack.popMark()), // SETITEMS
  98: (machine) => machine.build(), // BUILD
  40: ({ stack }) => stack.mark(), // MARK
  48: ({ stack }) => stack.drop(), // POP, the one opcode that takes away a value or a mark
  49: ({ stack }) => stack.popMark(), // POP_MARK
  112: ({ stack, reader }) => stack.remember(reader.index(reader.line())), // PUT
  113: ({ stack, reader }) => stack.remember(reader.byte()), // BINPUT
  114: ({ stack, reader }) => stack.remember(reader.length4()), // LONG_BINPUT
  148: ({ stack }) => stack.remember(stack.remembered), // MEMOIZE
  128: ({ reader }) => checkProtocol(reader), // PROTO
  149: ({ reader }) => reader.length8(), // FRAME
};

function checkProtocol(reader: PickleReader): void {
  const protocol = reader.byte();
  if (protocol > 5) throw reader.bad(`is of protocol ${protocol}, 0 to 5 are known`);
}

class Machine {
  readonly reader: PickleReader;
  readonly language: PickleLanguage;
  readonly stack: PickleStack;

  constructor(reader: PickleReader, language: PickleLanguage) {
    this.reader = reader;
    this.language = language;
    this.stack = new PickleStack(reader);
  }

  run(): CheckpointValue {
    for (;;) {
      const opcode = this.reader.opcode();
      if (opcode === 0x2e) return this.stack.pop(); // STOP
      const value = VALUES[opcode];
      const action = ACTIONS[opcode];
      if (value) this.stack.push(value(this));
      else if (action) action(this);
      else throw this.reader.bad(`has the opcode 0x${opcode.toString(16)}, which no checkpoint needs`);
    }
  }

  container<Value extends CheckpointValue>(value: Value): Value {
    this.reader.spend(cost.container);
    return value;
  }

  append(items: readonly CheckpointValue[]): void {
    const list = this.stack.top();
    if (!Array.isArray(list)) throw this.reader.bad("appends to something that is no list");
    this.reader.spend(cost.item * items.length);
    for (const item of items) list.push(item);
  }

  set(dictionary: CheckpointValue, items: readonly CheckpointValue[]): CheckpointValue {
    if (!(dictionary instanceof Map)) throw this.reader.bad("sets an entry of something that is no dictionary");
    if (items.length % 2 !== 0) throw this.reader.bad("sets an entry without a value");
    this.reader.spend(cost.entry * items.length);
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
    return dictionary;
  }

  setTop(items: readonly CheckpointValue[]): void {
    this.set(this.stack.top(), items);
  }

  global(module: CheckpointValue, name: CheckpointValue): PythonGlobal {
    if (typeof module !== "string" || typeof name !== "string")
      throw this.reader.bad("names a class by something that is no text");
    return this.language.global(`${module}.${name}`);
  }

  /** The name in the next two lines. */
  named(): PythonGlobal {
    return this.global(this.reader.line(), this.reader.line());
  }

  call(callee: CheckpointValue | undefined, args: CheckpointValue): CheckpointValue {
    if (!isKind(callee, "global")) throw this.reader.bad("calls something that is no class or function");
    if (!Array.isArray(args)) throw this.reader.bad("gives arguments that are no tuple");
    this.reader.spend(cost.container);
    return this.language.call(callee, args as readonly CheckpointValue[], this.reader.spend);
  }

  callFirst([callee, ...args]: readonly CheckpointValue[]): CheckpointValue {
    return this.call(callee, args);
  }

  /** State of an object. That of a dictionary is attributes beside its entries, which torch uses for versions of modules. */
  build(): void {
    const state = this.stack.pop();
    const target = this.stack.top();
    if (target instanceof Map) return;
    if (!isKind(target, "object")) throw this.reader.bad("sets the state of something that has none");
    (target as Mutable).state = state;
  }
}

function isKind<Kind extends "global" | "object">(
  value: CheckpointValue | undefined,
  kind: Kind,
): value is Extract<CheckpointValue, { readonly kind: Kind }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
