import { budgetTable, measureBudgets } from '../tests/budgets/measure.ts'

// npm run budgets: what each edge function costs: cold start beside a function that only says ok, memory, processor time a step.
console.log(budgetTable(await measureBudgets()))
process.exit(0)
