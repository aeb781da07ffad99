"""Rules of a region's file that tests share."""

# the institution answers within 7 days in place of 15
REPLY = """\
rules:
- ground: oversight.written-correction
  rule:
    id: local.ningbo.correction-reply
    type: deadline
    phase: oversight
    title_zh: 纠正意见七日内回复
    title_en: Written correction answered in 7 days
    actor: [CCI]
    kinds: [ALL]
    trigger: correction notice received
    action: correct and reply
    duration: 7
    unit: day
    bound: at_most
    counting: {profile: P-DAY, first_day: excluded, holiday_roll: setting}
    on_breach: none stated
    source:
    - {text: SEED2, article: 二(一)}
    quote: null
    in_force_from: "2026-03-01"
    in_force_to: null
    binding: local
    seen: true
    value_seen: null
    verification: seed
"""
