/** What an item's state is, in SQL, of the row of this name. What is claimed still waits. */
export const stateOf = (row: string): string =>
  `case when ${row}.replayed is not null then 'replayed' when ${row}.dismissed is not null then 'dismissed' else 'waiting' end`;

const add = (row: string) => `
  insert into counts (device, provider, reason, state, n)
    values (${row}.device, ${row}.provider, ${row}.reason, ${stateOf(row)}, 1)
    on conflict (device, provider, reason, state) do update set n = n + 1;`;
const take = (row: string) => `
  update counts set n = n - 1
    where device = ${row}.device and provider = ${row}.provider and reason = ${row}.reason and state = ${stateOf(row)};
  delete from counts
    where device = ${row}.device and provider = ${row}.provider and reason = ${row}.reason and state = ${stateOf(row)}
      and n = 0;`;

/**
 * Tables of counts and the triggers that keep them, whichever connection writes: what a summary asks and the bound needs
 * is never counted anew. A message goes with the last of its items. Part of the migration 0003: never changed.
 */
export const COUNTING: readonly string[] = [
  `create table counts (
    device text not null, provider text not null, reason text not null, state text not null, n integer not null,
    primary key (device, provider, reason, state)
  ) without rowid`,
  'create table totals (name text primary key, n integer not null) without rowid',
  "insert into totals (name, n) values ('items', 0), ('bytes', 0), ('dropped', 0)",
  `create trigger items_added after insert on items begin ${add('new')}
    update totals set n = n + 1 where name = 'items';
  end`,
  `create trigger items_deleted after delete on items begin ${take('old')}
    update totals set n = n - 1 where name = 'items';
    delete from messages
      where seq = old.seq and not exists (select 1 from items where items.seq = old.seq);
  end`,
  `create trigger items_changed after update of replayed, dismissed on items
    when (${stateOf('old')}) <> (${stateOf('new')})
  begin ${take('old')} ${add('new')}
  end`,
  `create trigger messages_added after insert on messages begin
    update totals set n = n + length(new.payload) where name = 'bytes';
  end`,
  `create trigger messages_deleted after delete on messages begin
    update totals set n = n - length(old.payload) where name = 'bytes';
  end`,
];

/** What was there before it was counted. */
export const FIRST_COUNT: readonly string[] = [
  `insert into counts (device, provider, reason, state, n)
    select device, provider, reason, ${stateOf('items')}, count(*) from items group by 1, 2, 3, 4`,
  "update totals set n = (select count(*) from items) where name = 'items'",
];
