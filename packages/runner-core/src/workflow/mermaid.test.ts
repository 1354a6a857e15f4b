import { describe, expect, it } from 'vitest'
import { mermaidOf } from './mermaid.ts'

describe('a picture of a workflow', () => {
  it('has a shape for each node, and for each edge its port, condition and label', () => {
    const picture = mermaidOf(
      [
        { id: 'draft', type: 'lens', label: 'Draft' },
        { id: 'check', type: 'if_condition' },
        { id: 'send', type: 'email_send' },
        { id: 'after', type: 'contender_run' },
      ],
      [
        { source: 'draft', target: 'check' },
        {
          source: 'check',
          target: 'send',
          source_port: 'true',
          target_param_label: 'body',
          condition: { path: 'score', operator: 'equals', value: 7 },
        },
        { source: 'send', target: 'after', source_port: '@settled' },
        { source: 'nobody', target: 'after' },
      ],
    )
    expect(picture).toBe(`flowchart TD
  n0("Draft<br/>lens")
  n1{{"check<br/>if_condition"}}
  n2[\\"send<br/>email_send"\\]
  n3[["after<br/>contender_run"]]
  n0 --> n1
  n1 -->|"true score equals 7 → body"| n2
  n2 -.-> n3
`)
  })

  it('shows a run by words and colours, and only the colours it has', () => {
    const picture = mermaidOf(
      [
        { id: 'a', type: 'merge', status: 'completed', note: '1.2 s' },
        { id: 'b', type: 'merge', status: 'skipped' },
        { id: 'c', type: 'merge', status: 'no such' },
      ],
      [],
    )
    expect(picture).toContain('n0{{"a<br/>merge<br/>completed<br/>1.2 s"}}:::completed')
    expect(picture).toContain('n2{{"c<br/>merge<br/>no such"}}\n')
    expect(picture.match(/classDef \w+/g)).toEqual(['classDef completed', 'classDef skipped'])
  })

  it('takes whatever things are called for text', () => {
    const label = `"]; click n0 "javascript:alert(1)" %% <script>\n\`end\` & #35; {{x}}`
    const picture = mermaidOf([{ id: 'a', type: 'lens', label }], [])
    expect(picture.split('\n')).toHaveLength(3)
    const inside = /n0\("(.*)"\)/.exec(picture)![1]!
    expect(inside.replace('<br/>lens', '')).not.toMatch(/["<>[\]{}()`]/)
    expect(mermaidOf([{ id: 'a', type: 'lens', label: 'x'.repeat(200) }], [])).toContain(`${'x'.repeat(79)}…`)
  })
})
