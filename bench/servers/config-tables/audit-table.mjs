// The audit log: a record of each change of each parameter. Made when it is read: there are a million.
import {
  CONFIG_ACTION, CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_AUDIT_KEY as KEY, CONFIG_AUDIT_TIME_INDEX as BY_TIME, CONFIG_RECORD_ID, CONFIG_RECORD_SOURCE,
  configAuditByActor,
} from '../../../lib/contract/config.ts';
import { changed, changeOf, CHANGES_EACH, COUNT, isDeleted, nameOf, NAMESPACE, numberOf, versionOf } from '../../harness/config-world.mjs';
import { metadataOf, userOf } from './parameters.mjs';

const DAY_MS = 86_400_000;

const PUT = { S: CONFIG_ACTION.put };
const DELETE = { S: CONFIG_ACTION.delete };
const EVENT = { S: CONFIG_RECORD_SOURCE.event };
const [SOURCE_IP, USER_AGENT, STANDARD, TEXT] = ['192.0.2.17', 'aws-cli/2.31.0', 'Standard', 'text'].map((S) => ({ S }));
const VALUES = Array.from({ length: CHANGES_EACH }, (_, k) => ({ S: `postgres://reader@database.internal.example.com:5432/orders?v=${k}` }));
const USERS = Array.from({ length: 20 }, (_, i) => ({ attribute: { S: userOf(i) }, byActor: { S: configAuditByActor(NAMESPACE, userOf(i)) } }));
const eventOf = (s) => `00000000-0000-4000-8000-${String(s).padStart(12, '0')}`;

export class AuditTable {
  total = COUNT * CHANGES_EACH;

  /** @param {(s: number) => number} timeOf of a change @param {(time: number) => number} changeAt first change at a time or after it */
  constructor(timeOf, changeAt) {
    this.timeOf = timeOf;
    this.changeAt = changeAt;
  }

  /** The records of a name. */
  ofName(name) {
    const i = numberOf(name);
    return this.#records(i < 0 ? 0 : CHANGES_EACH, (k) => changeOf(i, k), (key) => this.#change(key) / COUNT | 0);
  }

  /** The records of a day. */
  partition(value) {
    const [namespace, day] = value.split('#');
    const begin = Date.parse(day);
    const within = (time) => Math.min(Math.max(this.changeAt(time), 0), this.total);
    const low = within(begin);
    const length = namespace === NAMESPACE ? within(begin + DAY_MS) - low : 0;
    return this.#records(length, (n) => low + n, (key) => this.#change(key) - low);
  }

  /** The whole table: name by name. */
  all() {
    const position = (n) => changeOf(Math.floor(n / CHANGES_EACH), n % CHANGES_EACH);
    return this.#records(this.total, position, (key) => {
      const { i, k } = changed(this.#change(key));
      return i * CHANGES_EACH + k;
    });
  }

  /** @param {(n: number) => number} change the nth of a partition @param {(key: object) => number} positionOf */
  #records(length, change, positionOf) {
    return {
      length, sort: KEY.sort, item: (n) => this.#item(change(n)), sortOf: (n) => this.#recordId(change(n)), positionOf,
      keyOf: (item) => Object.fromEntries([KEY.partition, KEY.sort, BY_TIME.partition].map((attribute) => [attribute, item[attribute]])),
    };
  }

  /** Of a key: its record's id begins with the time. */
  #change(key) {
    return this.changeAt(Number(key[KEY.sort].S.slice(0, 15)));
  }

  /** Written out, since there are a million: the codec of the handlers takes several times as long. */
  #item(s) {
    const { i, k } = changed(s);
    const user = USERS[i % USERS.length];
    const item = {
      [A.partition]: { S: nameOf(i) }, [A.sort]: { S: this.#recordId(s) }, [A.action]: PUT, [A.time]: { N: String(this.timeOf(s)) },
      [A.user]: user.attribute, [A.sourceIp]: SOURCE_IP, [A.userAgent]: USER_AGENT, [A.eventId]: { S: eventOf(s) }, [A.source]: EVENT,
      [A.byTime]: { S: `${NAMESPACE}#${this.#dayOf(this.timeOf(s))}` }, [A.byActor]: user.byActor,
    };
    if (isDeleted(i, k)) {
      item[A.action] = DELETE;
      return item;
    }
    const { type, keyId, description } = metadataOf(i, k, 0);
    item[A.version] = { N: String(versionOf(i, k)) };
    item[A.type] = { S: type };
    item[A.tier] = STANDARD;
    item[A.dataType] = TEXT;
    item[A.value] = VALUES[k];
    if (keyId !== undefined) item[A.keyId] = { S: keyId };
    if (description !== undefined) item[A.description] = { S: description };
    return item;
  }

  #days = new Map();
  #dayOf(time) {
    const day = Math.floor(time / DAY_MS);
    let text = this.#days.get(day);
    if (text === undefined) this.#days.set(day, text = new Date(time).toISOString().slice(0, 10));
    return text;
  }

  #recordId(s) {
    const { i, k } = changed(s);
    const time = this.timeOf(s);
    return isDeleted(i, k) ? CONFIG_RECORD_ID.delete(time, eventOf(s)) : CONFIG_RECORD_ID.put(time, versionOf(i, k));
  }
}
