const launch = `Tidewater Instruments will ship the Ebb 2 tide gauge on 3 March. It measures to 2 mm, runs 400 days on one battery and costs 480 USD. It replaces the Ebb 1, which 1,200 harbours use. It is the best gauge there is.`

const notes = `- the old lighthouse was automated in 1986
- three keepers lost their posts, one stayed as a guide
- since then 11 ships have run aground, 9 of them in fog; before, 14 in the same number of years
- the guide says: visitors ask about loneliness, never about the light
- the lamp is now an LED of 60 W; the lens of 1873 is still in use`

const research = {
  summary: 'Sea water is salty because rivers carry dissolved minerals into it and water leaves it without them.',
  findings: [
    {
      claim: 'Rivers carry about four billion tonnes of dissolved salts into the sea each year.',
      source_urls: ['https://example.com/rivers'],
    },
    {
      claim: 'Vents on the sea floor add minerals of their own.',
      source_urls: ['https://example.com/vents', 'https://example.com/rivers'],
    },
    { claim: 'The mean salinity is about 3.5 percent.', source_urls: ['https://example.com/salinity'] },
  ],
  sources: [
    { url: 'https://example.com/rivers', title: 'What rivers carry' },
    { url: 'https://example.com/vents', title: 'Vents and minerals' },
    { url: 'https://example.com/salinity', title: 'Salinity of the seas' },
  ],
}

const piece = {
  title: 'Why harbours still measure tides',
  summary: 'Satellites see the sea, but a harbour master needs the water at the quay, now, to the centimetre.',
  tags: ['tides', 'harbours'],
  body: 'A satellite passes every ten days. A ship comes in every twenty minutes. Between the two lies the reason why a gauge still hangs at the quay.',
}

const workflow =
  'A lens writes a draft. Two lenses then work at the same time: one translates it, one makes a picture of it. A merge waits for both and sends the result to a webhook. The webhook is retried three times.'

/** Inputs that the templates run with. */
export const samples: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  '01-article': [
    { topic: 'Why the sea is salty', words: 400, points: ['rivers', 'evaporation', 'why it does not get saltier'] },
    { topic: 'What a year of working four days has changed for us', form: 'report', audience: 'the board', tone: 'formal' },
  ],
  '02-image-brief': [
    {
      subject: 'a lighthouse keeper mending a net',
      setting: 'on the gallery of the lighthouse, an hour before dusk',
      palette: ['slate', 'amber'],
      avoid: ['ships'],
    },
    { subject: 'three pears on a blue plate', style: 'oil painting', purpose: 'a label' },
  ],
  '03-video-storyboard': [
    {
      script: 'A keeper climbs the stairs of a lighthouse, lights the lamp, and sees that somebody answers from the sea.',
      storyboard: [
        { shot: 'boots on iron stairs', seconds: 2, camera: 'follows from behind' },
        { shot: 'the lamp catches fire', seconds: 3 },
        { shot: 'far out, a light blinks twice', seconds: 3, camera: 'still' },
      ],
    },
  ],
  '04-lens-chain': [{ notes, tone: 'warm' }],
  '05-press-kit': [{ company: 'Tidewater Instruments', announcement: launch }],
  '06-race-check': [
    {
      steps: [
        { id: 'draft', writes: ['text'] },
        { id: 'translate', after: ['draft'], reads: ['text'], writes: ['translation'] },
        { id: 'illustrate', after: ['draft'], reads: ['text'], writes: ['picture'] },
        { id: 'publish', after: ['translate', 'illustrate'], reads: ['translation', 'picture'], writes: ['page'] },
      ],
    },
    {
      context: 'Two editors work on the same text.',
      steps: [
        { id: 'draft', writes: ['text'] },
        { id: 'shorten', after: ['draft'], reads: ['text'], writes: ['text'] },
        { id: 'correct', after: ['draft'], reads: ['text'], writes: ['text'] },
      ],
    },
  ],
  '07-deep-research': [{ question: 'Does working four days a week make people more productive?', depth: 3 }],
  '08-research-pdf': [{ topic: 'How harbours measure tides', audience: 'somebody who plans a small harbour' }],
  '09-media-router': [
    { request: 'A poster of a lighthouse in fog, in three colours' },
    { request: 'Show how a lock lifts a boat, from empty to full' },
  ],
  '10-prompt-planner': [
    {
      intent: 'A talk of ten minutes about tides for children of ten, with one experiment they can do',
      constraints: ['nothing that costs money', 'no slides'],
    },
  ],
  '11-refine': [
    {
      draft:
        'In order to be able to carry out measurements of tides it is the case that gauges are utilised, which are in most cases mounted on quays, although there are exceptions to this.',
      purpose: 'be read aloud',
    },
  ],
  '12-validate-output': [{ text: JSON.stringify(piece, null, 2) }, { text: '{"title": "A draft", "tags": []}' }],
  '13-orchestrator': [
    { task: 'A page that explains to new harbour staff how the tide gauge works, and what to do when it shows nothing.' },
  ],
  '14-reusable-patterns': [{ message: 'From 3 March the gauge reports every minute instead of every ten. Nothing has to be installed.' }],
  '15-fallback': [{ question: 'Why does the tide come twice a day, and not once?' }],
  '16-summarise-long': [
    {
      text: Array.from({ length: 12 }, (_, nth) => `Chapter ${nth + 1}. ${`${notes.replaceAll('\n- ', '. ').slice(2)}. `.repeat(3)}`).join(
        '\n\n',
      ),
      words: 120,
    },
  ],
  '17-text-to-image-prompt': [{ text: piece.body, style: 'linocut in two colours' }],
  '18-text-to-scenes': [
    { text: 'A boat waits before a lock. The gates open, it goes in, the water rises, and it leaves as high as a house.', seconds: 20 },
  ],
  '19-research-to-sections': [{ title: 'Why the sea is salty', research }],
  '20-style-control': [
    {
      text: 'We are thrilled to announce a revolutionary new tide gauge that will delight harbour masters everywhere!',
      voice: 'a harbour pilot: short sentences, no adjectives that cannot be measured',
      banned: ['thrilled', 'revolutionary', 'delight'],
      spelling: 'British',
    },
  ],
  '21-evaluate': [
    {
      task: 'Explain to a child of eight why the tide comes and goes, in at most 80 words.',
      output:
        'The moon pulls at the sea, a little like a magnet pulls at a pin. Where it pulls, the water stands higher. The Earth turns under that hill of water, and so the tide comes and goes.',
      requirements: ['at most 80 words', 'names the moon', 'no word a child of eight does not know'],
    },
  ],
  '22-merge-branches': [
    { decision: 'Whether to move the harbour office to the new quay. It costs 40,000 and saves twenty minutes for everybody every day.' },
  ],
  '23-typed-contracts': [
    {
      product: 'Ebb 2, a tide gauge',
      promise: 'The water at your quay to 2 mm, for 400 days on one battery',
      audience: 'people who run small harbours',
    },
  ],
  '24-test-plan': [{ workflow, most: 3 }],
  '25-parallel-chains': [{ subjects: ['a tide gauge', 'a lock', 'a lighthouse', 'a buoy'] }],
  battle: [
    { task: 'Explain to a child of eight why the tide comes and goes.' },
    { title: 'Two ways to say no', task: 'Decline an invitation to a wedding without hurting anybody.' },
  ],
  debate: [
    {
      question: 'Shall the harbour office move to the new quay?',
      facts:
        'The move costs 40,000 once. It saves each of the six people there twenty minutes a day. The lease of the old office ends in two years.',
    },
  ],
}
