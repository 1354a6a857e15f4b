// Made from docs/api/openapi.json by `npm run generate`.

export interface paths {
    "/api/battles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Battles, newest first */
        get: {
            parameters: {
                query?: {
                    status?: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
                    /** @description Only the caller’s own battles, drafts included */
                    mine?: "true" | "false";
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BattlePage"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Create a battle, and publish it at once when publish is true */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and body again return the first battle; another body is refused */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateBattle"];
                };
            };
            responses: {
                /** @description The battle this idempotency key made before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description The battle */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish a draft: its contenders start to answer */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an unfinished battle: calls in flight are aborted, late answers refused */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an open seat of a battle */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Write or revise your answer, or hand it in for good when final is true */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSubmission"];
                };
            };
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Withdraw from a battle: your answer is deleted, and the battle goes on without you */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Vote, or change your vote, while the window is open */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Vote"];
                };
            };
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/close-voting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the voting of your battle before its window does */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/promotion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set when your draft publishes itself, or that it does not */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Promotion"];
                };
            };
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}/publish-results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show everybody how your closed battle ended, when it keeps its results */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/battles/{battle_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One battle, whole: answers, verdicts, ratings, events */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The battle */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Battle"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/leaderboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Competitors by Elo, or by Bradley-Terry with intervals and ranks from them */
        get: {
            parameters: {
                query?: {
                    /** @description elo moves with each battle; bradley_terry has intervals */
                    board?: "elo" | "bradley_terry";
                    limit?: number;
                    /** @description Whose comparisons: of judges (the default), of the crowd, or imported ones */
                    source?: "judge" | "crowd" | "imported";
                    /** @description What the models make; text by default */
                    kind?: "text" | "image" | "audio" | "video" | "music";
                    /** @description Only battles of this category */
                    category?: string;
                    /** @description Only battles closed in the last days, from midnight UTC on; all by default */
                    since?: "all" | "30d" | "7d";
                    /** @description Rate at equal style: length, headers, lists, bold. Text only */
                    style?: "true" | "false";
                    /** @description With fewer comparisons a row is provisional */
                    min_games?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The leaderboard */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AnyBoard"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/judges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far each judge can be trusted: consistency, bias for the first, agreement with the crowd, cost */
        get: {
            parameters: {
                query?: {
                    /** @description Only battles of this kind */
                    kind?: "text" | "image" | "audio" | "video" | "music";
                    since?: "all" | "30d" | "7d";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The judges */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Judges"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pairs/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pairs whose comparison would tell most, the most informative first */
        get: {
            parameters: {
                query?: {
                    /** @description Whose comparisons: of judges (the default), of the crowd, or imported ones */
                    source?: "judge" | "crowd" | "imported";
                    /** @description What the models make; text by default */
                    kind?: "text" | "image" | "audio" | "video" | "music";
                    /** @description Only battles of this category */
                    category?: string;
                    /** @description Choose among these alone, comma-separated; new ones may be among them. Default: those who have played */
                    models?: string;
                    most?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The pairs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pairs"];
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/{what}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Closed battles, their answers, votes and verdicts, or the log of comparisons, streamed as JSON lines or CSV */
        get: {
            parameters: {
                query?: {
                    format?: "jsonl" | "csv";
                    /** @description One page alone; the header agon-next says where the next begins, and is missing on the last */
                    page?: "true" | "false";
                    after?: string;
                    /** @description The same for every page of one export of votes: voters are told apart by it. Default: a new one */
                    export_id?: string;
                    /** @description Of comparisons: judge (the default), crowd or imported */
                    source?: "judge" | "crowd" | "imported";
                    /** @description Of comparisons: text by default */
                    kind?: "text" | "image" | "audio" | "video" | "music";
                    /** @description Of comparisons */
                    category?: string;
                    /** @description Of comparisons: of battles closed on that day (UTC) or later */
                    since?: string;
                };
                header?: never;
                path: {
                    what: "battles" | "answers" | "votes" | "verdicts" | "comparisons";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A row a line */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/jsonl": string;
                        "text/csv": string;
                    };
                };
                /** @description A problem, as RFC 9457 says */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models a contender or a judge can be */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The registry */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Models"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every error code, what it means and what to do */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The table */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Rating: {
            rank: number;
            /** @description A model, or a model under an identity */
            competitor: string;
            model: string;
            identity: string;
            simulated: boolean;
            rating: number;
            games: number;
            wins: number;
            losses: number;
            draws: number;
        };
        Leaderboard: {
            /** @constant */
            board: "elo";
            leaderboard: components["schemas"]["Rating"][];
        };
        BoardRow: {
            /** @description 1 + how many are better beyond doubt; null: provisional */
            rank: number | null;
            /** @description A model, or a model under an identity */
            competitor: string;
            model: string;
            identity: string;
            simulated: boolean;
            rating: number;
            /** @description 95 % */
            lower: number | null;
            upper: number | null;
            /** @description Comparisons, by their weight */
            games: number;
            wins: number;
            losses: number;
            ties: number;
            win_rate: number;
            /** @enum {string|null} */
            provisional: "few_games" | "not_connected" | null;
        };
        Board: {
            /** @constant */
            board: "bradley_terry";
            /** @enum {string} */
            source: "judge" | "crowd" | "imported";
            /** @enum {string} */
            kind: "text" | "image" | "audio" | "video" | "music";
            category: string | null;
            /** @description null: of all time */
            window_days: number | null;
            /**
             * Format: date
             * @description The day, in UTC, a window began at when it was computed
             */
            since: string | null;
            style: boolean;
            min_games: number;
            /**
             * Format: date-time
             * @description null: asked for now, and not computed yet
             */
            computed_at: string | null;
            /**
             * Format: date-time
             * @description The log has grown since then; null: the board has all of it
             */
            stale_since: string | null;
            comparisons: number;
            /** @description Prompts */
            clusters: number;
            /** @description How many times as wide the intervals are as if comparisons of one prompt were independent */
            cluster_ratio: number | null;
            /** @description λ on the coefficients of style, on the summed loss */
            penalty: number | null;
            /** @description Log odds per standard deviation of a feature of style */
            coefficients: {
                feature: string;
                value: number;
                half_width: number;
            }[] | null;
            leaderboard: components["schemas"]["BoardRow"][];
        };
        Agreement: {
            agree: number;
            total: number;
            ratio: number | null;
        };
        JudgeQuality: {
            judge: string;
            battles: number;
            verdicts: number;
            /** @description Verdicts */
            abstained: number;
            /** @description Pairs of contenders it compared, each in both orders */
            pairs: number;
            /** @description Share of pairs of which both orders said the same */
            consistency: number | null;
            /** @description Of all preferences, those for what was shown first: 0.5 is no bias */
            first_share: number | null;
            /** @description Share of pairs called a tie in both orders */
            tie_share: number | null;
            /** @description Orders of a pair without a verdict */
            unreadable: number;
            /** @description With the votes on the same pairs, a tie being a choice */
            crowd_agreement: components["schemas"]["Agreement"];
            crowd_agreement_without_ties: components["schemas"]["Agreement"];
            cost_usd: number | null;
            cost_per_verdict_usd: number | null;
        };
        Judges: {
            judges: components["schemas"]["JudgeQuality"][];
        };
        PairGain: {
            a: string;
            b: string;
            /** @description By how much one more comparison shrinks the uncertainty of the board, in nats */
            gain: number;
            /** @description Of the two so far, by weight */
            comparisons: number;
        };
        Pairs: {
            /** @enum {string} */
            source: "judge" | "crowd" | "imported";
            /** @enum {string} */
            kind: "text" | "image" | "audio" | "video" | "music";
            category: string | null;
            pairs: components["schemas"]["PairGain"][];
        };
        AnyBoard: components["schemas"]["Leaderboard"] | components["schemas"]["Board"];
        NewSubmission: {
            /** @description The answer, at most 100,000 characters. People submit text so far */
            content_text: string;
            /**
             * @description Hand it in for good; until then, or until the deadline, it can be revised
             * @default false
             */
            final?: boolean;
        };
        Vote: {
            /** @example A */
            choice: string;
        };
        Promotion: {
            /**
             * Format: date-time
             * @description null: not by itself
             */
            promote_at: string | null;
        };
        CreateBattle: {
            /**
             * @description The task, at most 32,000 characters
             * @example Write a haiku about the ocean.
             */
            prompt: string;
            /**
             * @description What the task is about: boards can be read by it
             * @example poetry
             */
            category?: string;
            /** @description Default: the first line of the prompt */
            title?: string;
            /** @description When given, the prompt is a Liquid template rendered with them; otherwise it is sent as it is */
            inputs?: {
                [key: string]: unknown;
            };
            contenders: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model?: string;
                /** @description A person contends instead of a model */
                human?: {
                    /**
                     * Format: uuid
                     * @description Who; without it the seat is open, and a signed-in user takes it by joining
                     */
                    user_id?: string;
                    /** @description The name they are shown under */
                    identity?: string;
                };
                /** @description A persona of the model: rated apart, never shown to the judge */
                identity?: string;
                system_prompt?: string;
            }[];
            /** @description Needed unless scoring_mode is community */
            judge?: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model: string;
            };
            /**
             * @description Follows from the contenders; when given, it is checked. workflow_battle and coding are refused so far
             * @enum {string}
             */
            battle_type?: "ai_vs_ai" | "human_vs_ai" | "human_vs_human" | "qa" | "workflow_battle" | "coding";
            /**
             * @description Who decides: a judge, the votes, or half and half
             * @default ai_judge
             * @enum {string}
             */
            scoring_mode?: "ai_judge" | "community" | "hybrid";
            /** @description How long may be voted. Default: 24 hours where votes decide, else 0, which is no vote. A battle with a vote is blind until it is closed */
            voting_window_ms?: number;
            /** @description How long people have to submit. Default: 24 hours */
            submission_window_ms?: number;
            /**
             * Format: date-time
             * @description When the draft publishes itself, within a minute
             */
            promote_at?: string;
            /**
             * @description false: only you see how it ended, until you publish the results
             * @default true
             */
            auto_publish_results?: boolean;
            /**
             * @description Lower runs first. Below 0 is for who runs the project
             * @default 0
             */
            priority?: number;
            rubric?: {
                title: string;
                description?: string;
                weight?: number;
            }[];
            reference_answer?: string;
            /** @default 4096 */
            max_tokens?: number;
            temperature?: number;
            handicap?: {
                max_context_tokens?: number;
                max_prompt_chars?: number;
                /** @enum {string} */
                on_long_prompt?: "refuse" | "trim";
                /** @enum {string} */
                allowed_model_tier?: "free" | "paid" | "enterprise";
                injected_delay_ms?: number;
                time_budget_ms?: number;
            };
            /**
             * @description Publish at once: the contenders start to answer
             * @default false
             */
            publish?: boolean;
        };
        Job: {
            job_id: number;
            /** @enum {string} */
            status: "queued" | "claimed" | "running" | "held" | "completed" | "failed" | "cancelled";
            attempts: number;
            reclaims: number;
            max_attempts: number;
            error: {
                code: string;
                message: string;
            } | null;
        };
        BattleSummary: {
            /** Format: uuid */
            battle_id: string;
            /** @enum {string} */
            status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
            battle_type: string;
            category: string | null;
            title: string;
            /** @enum {string} */
            scoring_mode: "ai_judge" | "community" | "hybrid";
            /** @description You do not see who the contenders are until the battle is closed */
            blind: boolean;
            /** @description Whether others than the owner see how it ended */
            results_published: boolean;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            /** @description null where votes alone decide */
            judge: {
                model: string;
                simulated: boolean;
            } | null;
            /** Format: date-time */
            promote_at: string | null;
            /** @description A draft that publishes itself at promote_at */
            pending_promotion: boolean;
            /** Format: date-time */
            submissions_end_at: string | null;
            voting_window_ms: number;
            /** Format: date-time */
            voting_ends_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            published_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            contenders: {
                slot: string;
                /**
                 * @description null while the battle is blind
                 * @enum {string|null}
                 */
                contender_type: "ai_model" | "ai_agent" | "human" | null;
                /** @description null for a person, and while the battle is blind */
                model: string | null;
                identity: string;
                /** @description Answered by a stand-in, not by the model it names; while the battle is blind, whether any contender is */
                simulated: boolean;
                /** @enum {string} */
                status: "pending" | "submitted" | "failed" | "timed_out" | "withdrawn" | "cancelled";
            }[];
        };
        Contender: {
            slot: string;
            /**
             * @description null while the battle is blind
             * @enum {string|null}
             */
            contender_type: "ai_model" | "ai_agent" | "human" | null;
            /** @description null for a person, and while the battle is blind */
            model: string | null;
            identity: string;
            /** @description Answered by a stand-in, not by the model it names; while the battle is blind, whether any contender is */
            simulated: boolean;
            /** @enum {string} */
            status: "pending" | "submitted" | "failed" | "timed_out" | "withdrawn" | "cancelled";
            /** Format: uuid */
            contender_id: string;
            yours: boolean;
            /** @description Whoever joins takes it */
            open_seat: boolean;
            system_prompt: string | null;
            error: {
                code: string;
                message: string;
            } | null;
            job: components["schemas"]["Job"] | null;
            submission: {
                content_text: string | null;
                content_url: string | null;
                mime_type: string | null;
                /** @enum {string} */
                output_modality: "text" | "image" | "audio" | "video";
                is_final: boolean;
                wire_model: string | null;
                finish_reason: string | null;
                input_tokens: number | null;
                output_tokens: number | null;
                cost_usd: number | null;
                latency_ms: number | null;
            } | null;
            /** @description Mean judge score, 0 to 10 */
            judge_mean: number | null;
            /** @description null until the battle is closed */
            votes: number | null;
            /** @description Of all votes that count, those for tie and both_bad too */
            vote_share: number | null;
            /** @description What decides, 0 to 1, as scoring_mode makes it; with a judge alone its verdicts decide */
            score: number | null;
            rating: {
                before: number;
                after: number;
            } | null;
        };
        Verdict: {
            judge_model: string;
            presentation: number;
            /** @description Contender slots in the order the judge saw them */
            slot_order: string;
            /** @enum {string} */
            outcome: "winner" | "tie" | "both_bad" | "abstain";
            winner_slot: string | null;
            reasoning: string;
            scores: {
                [key: string]: number;
            } | null;
            system_prompt: string;
            /** @description Shown to the owner alone */
            prompt: string | null;
            raw_text: string;
            input_tokens: number | null;
            output_tokens: number | null;
            cost_usd: number | null;
            latency_ms: number | null;
        };
        Event: {
            event_id: number;
            type: string;
            data: unknown;
            /** Format: date-time */
            created_at: string;
        };
        Battle: {
            /** Format: uuid */
            battle_id: string;
            /** @enum {string} */
            status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
            battle_type: string;
            category: string | null;
            title: string;
            /** @enum {string} */
            scoring_mode: "ai_judge" | "community" | "hybrid";
            /** @description You do not see who the contenders are until the battle is closed */
            blind: boolean;
            /** @description Whether others than the owner see how it ended */
            results_published: boolean;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            /** @description null where votes alone decide */
            judge: {
                model: string;
                simulated: boolean;
            } | null;
            /** Format: date-time */
            promote_at: string | null;
            /** @description A draft that publishes itself at promote_at */
            pending_promotion: boolean;
            /** Format: date-time */
            submissions_end_at: string | null;
            voting_window_ms: number;
            /** Format: date-time */
            voting_ends_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            published_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            task_prompt: string;
            inputs: {
                [key: string]: unknown;
            } | null;
            max_tokens: number;
            temperature: number | null;
            handicap: {
                max_context_tokens?: number;
                max_prompt_chars?: number;
                /** @enum {string} */
                on_long_prompt?: "refuse" | "trim";
                /** @enum {string} */
                allowed_model_tier?: "free" | "paid" | "enterprise";
                injected_delay_ms?: number;
                time_budget_ms?: number;
            };
            rubric: {
                title: string;
                description?: string;
                weight?: number;
            }[] | null;
            reference_answer: string | null;
            priority: number;
            submission_window_ms: number | null;
            /** @description Stopped by an operator; no deadline passes until it is released */
            held: boolean;
            hold_reason: string | null;
            your_slot: string | null;
            your_vote: string | null;
            /** @description null until the battle is closed */
            votes: {
                given: number;
                held: number;
                tie: number;
                both_bad: number;
            } | null;
            contenders: components["schemas"]["Contender"][];
            judging: components["schemas"]["Job"] | null;
            verdicts: components["schemas"]["Verdict"][];
            events: components["schemas"]["Event"][];
        };
        BattlePage: {
            battles: components["schemas"]["BattleSummary"][];
            next_cursor: string | null;
        };
        Models: {
            models: {
                key: string;
                provider: string;
                kind: string;
                tier?: string;
                simulated: boolean;
            }[];
            /** @description Providers that take any model name, as provider:model */
            open_providers: string[];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            errors?: {
                /** @description JSON pointer */
                path: string;
                message: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
