import { describe, expect, it } from 'vitest'
import { splitStatements } from './split-statements.ts'

const texts = (sql: string) => splitStatements(sql).map((statement) => statement.sql)

describe('splitting a migration into statements', () => {
  it('ends a statement at a semicolon and drops it', () => {
    expect(texts('select 1;\nselect 2;\n')).toEqual(['select 1', 'select 2'])
  })

  it('takes a last statement without a semicolon', () => {
    expect(texts('select 1; select 2')).toEqual(['select 1', 'select 2'])
  })

  it('leaves semicolons in quoted text, identifiers and comments alone', () => {
    const sql = `select 'a;''b', "c;d" /* e; /* nested; */ */ -- f;\n, 1; select E'it\\'s;' as g`
    expect(texts(sql)).toEqual([sql.slice(0, sql.indexOf('; select E')), `select E'it\\'s;' as g`])
  })

  it('leaves dollar-quoted bodies alone, whatever their tag', () => {
    const body = 'create function f() returns void language plpgsql as $body$ begin perform $$;$$; end $body$'
    expect(texts(`${body}; select 1`)).toEqual([body, 'select 1'])
  })

  it('leaves a begin atomic body alone, with a case inside', () => {
    const body = 'create function f(a int) returns int begin atomic select case a when 1 then 2 else 3 end; end'
    expect(texts(`${body}; select 1`)).toEqual([body, 'select 1'])
  })

  it('does not mistake a transaction for an atomic body', () => {
    expect(texts('begin; select 1; commit')).toEqual(['begin', 'select 1', 'commit'])
  })

  it('says on which line each statement begins', () => {
    expect(splitStatements('-- first\n\nselect 1;\n\n\nselect\n 2;').map((statement) => statement.line)).toEqual([1, 6])
  })

  it('does not count a file of comments as a statement', () => {
    expect(texts('-- nothing; here\n/* nor; here */')).toEqual([])
  })

  it('reads parameters like $1 as no quotation', () => {
    expect(texts('prepare p as select $1; select 2')).toEqual(['prepare p as select $1', 'select 2'])
  })
})
