import type { IPublishPacket, IPubrelPacket } from 'mqtt-packet';

/** Bytes that one queued message costs beside its topic and payload, about. */
const MESSAGE_BYTES = 200;
const LAST_ID = 65_535;

/** Bytes of all kept sessions together. */
export class Room {
  used = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(bytes: number): boolean {
    if (this.used + bytes > this.#limit) return false;
    this.used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

/** A message to a client; `payload` is its own copy. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
}

/** Where packets go while the client is connected. */
export interface Line {
  /** False while the socket has enough to write, and for good once it is on its way out. */
  ready(): boolean;
  send(packet: IPublishPacket | IPubrelPacket): void;
}

interface Item {
  readonly message: Outgoing;
  readonly qos: 1 | 2;
  readonly bytes: number;
  /** The client said PUBREC: only the rest of the handshake is owed (section 4.3.3). */
  released: boolean;
}

export interface OutboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * What a client of a kept session is owed at QoS 1 and 2, in order: under way and not acknowledged, then waiting. Both
 * outlive the connection. What does not fit is not taken: the oldest stays.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #room: Room;
  readonly #underWay = new Map<number, Item>();
  #waiting: Item[] = [];
  /** Waiting items before this index are gone. */
  #head = 0;
  #bytes = 0;
  #lastId = 0;
  #line: Line | undefined;

  constructor(limits: OutboxLimits, room: Room) {
    this.#limits = limits;
    this.#room = room;
  }

  get size(): number {
    return this.#underWay.size + this.#waiting.length - this.#head;
  }

  /** Queues the message and sends what can be sent; false where it has no room: `own`, or among all sessions. */
  offer(message: Outgoing, qos: 1 | 2): true | 'own' | 'all' {
    const item = this.#item(message, qos);
    if (!this.#fits(item)) return 'own';
    if (!this.#charge(item)) return 'all';
    this.#waiting.push(item);
    this.flow();
    return true;
  }

  /** A message that somebody else sends right now: the packet id to send it with. Owed from now on where it has room. */
  sending(message: Outgoing, qos: 1 | 2): number {
    const item = this.#item(message, qos);
    const id = this.#nextId();
    if (this.#fits(item) && this.#charge(item)) this.#underWay.set(id, item);
    return id;
  }

  /** The client is back: what was under way goes again, with its packet ids and DUP (MQTT-4.4.0-1), then what waits. */
  attach(line: Line): void {
    this.#line = line;
    for (const [messageId, item] of this.#underWay) {
      if (item.released) line.send({ cmd: 'pubrel', messageId });
      else line.send(publishOf(item, messageId, true));
    }
    this.flow();
  }

  detach(): void {
    this.#line = undefined;
  }

  /** Sends what waits, as far as the socket takes it. */
  flow(): void {
    const line = this.#line;
    while (line?.ready() && this.#head < this.#waiting.length) {
      const item = this.#waiting[this.#head];
      this.#head += 1;
      if (!item) break;
      const id = this.#nextId();
      this.#underWay.set(id, item);
      line.send(publishOf(item, id, false));
    }
    if (this.#head > 0 && this.#head * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  /** PUBREC: the message must not be sent again, its PUBREL must (MQTT-4.3.3-1). */
  received(id: number): void {
    const item = this.#underWay.get(id);
    if (item?.qos === 2) item.released = true;
  }

  /** PUBACK or PUBCOMP. */
  acknowledged(id: number): void {
    const item = this.#underWay.get(id);
    if (!item) return;
    this.#underWay.delete(id);
    this.#bytes -= item.bytes;
    this.#room.give(item.bytes);
    this.flow();
  }

  clear(): void {
    this.#room.give(this.#bytes);
    this.#bytes = 0;
    this.#underWay.clear();
    this.#waiting = [];
    this.#head = 0;
    this.#line = undefined;
  }

  #item(message: Outgoing, qos: 1 | 2): Item {
    return { message, qos, bytes: message.topic.length + message.payload.length + MESSAGE_BYTES, released: false };
  }

  #fits({ bytes }: Item): boolean {
    return this.size < this.#limits.messages && this.#bytes + bytes <= this.#limits.bytes;
  }

  #charge({ bytes }: Item): boolean {
    if (!this.#room.take(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /** The next id that nothing under way has (MQTT-2.3.1-4). */
  #nextId(): number {
    do this.#lastId = this.#lastId === LAST_ID ? 1 : this.#lastId + 1;
    while (this.#underWay.has(this.#lastId));
    return this.#lastId;
  }
}

function publishOf({ message, qos }: Item, messageId: number, dup: boolean): IPublishPacket {
  return { cmd: 'publish', ...message, qos, messageId, dup };
}
