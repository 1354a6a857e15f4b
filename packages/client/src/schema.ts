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
        /** Competitors by Elo rating */
        get: {
            parameters: {
                query?: {
                    limit?: number;
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
                        "application/json": components["schemas"]["Leaderboard"];
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
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your webhooks */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them, oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhooks"];
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
        /** Tell a URL what happens to your battles; the answer shows the signing secret, once */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateWebhook"];
                };
            };
            responses: {
                /** @description The webhook and its secret */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
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
    "/api/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
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
        /** Remove a webhook, its secret and its deliveries */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookRemoved"];
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
        /** Change a webhook, or enable and disable it */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UpdateWebhook"];
                };
            };
            responses: {
                /** @description The webhook */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
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
        trace?: never;
    };
    "/api/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver a ping event */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The delivery */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookTest"];
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
    "/api/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the signing secret; the old one signs along for 24 hours */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook and its new secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookWithSecret"];
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
    "/api/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was, is being or could not be delivered, newest first */
        get: {
            parameters: {
                query?: {
                    status?: "pending" | "delivered" | "dead";
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path: {
                    webhook_id: string;
                };
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
                        "application/json": components["schemas"]["WebhookDeliveryPage"];
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
    "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a dead delivery again, under its old id */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                    delivery_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is sent */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookRedrive"];
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
    "/api/webhooks/{webhook_id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send every dead delivery again, the oldest 1,000 at a time */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How many are sent */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookRedrive"];
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
        CreateBattle: {
            /**
             * @description The task, at most 32,000 characters
             * @example Write a haiku about the ocean.
             */
            prompt: string;
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
                model: string;
                /** @description A persona of the model: rated apart, never shown to the judge */
                identity?: string;
                system_prompt?: string;
            }[];
            judge: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model: string;
            };
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
        Webhook: {
            /** Format: uuid */
            webhook_id: string;
            url: string;
            event_types: string[];
            description: string;
            /** @enum {string} */
            status: "enabled" | "disabled";
            /**
             * @description owner asked for it; the receiver answered 410 (gone); five deliveries in a row died (failing)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "gone" | "failing" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Dead deliveries since the last that arrived */
            consecutive_failures: number;
            /**
             * Format: date-time
             * @description Until then the secret before the last rotation signs along
             */
            previous_secret_valid_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookWithSecret: {
            /** Format: uuid */
            webhook_id: string;
            url: string;
            event_types: string[];
            description: string;
            /** @enum {string} */
            status: "enabled" | "disabled";
            /**
             * @description owner asked for it; the receiver answered 410 (gone); five deliveries in a row died (failing)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "gone" | "failing" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Dead deliveries since the last that arrived */
            consecutive_failures: number;
            /**
             * Format: date-time
             * @description Until then the secret before the last rotation signs along
             */
            previous_secret_valid_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description whsec_…, shown this once: verify signatures with it */
            secret: string;
        };
        WebhookDelivery: {
            /**
             * Format: uuid
             * @description The webhook-id header of every attempt
             */
            delivery_id: string;
            event_id: number | null;
            /** Format: uuid */
            battle_id: string | null;
            type: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "dead";
            response_status: number | null;
            /**
             * Format: date-time
             * @description Of a pending delivery that waits to be tried again
             */
            next_attempt_at: string | null;
            payload: unknown;
            attempts: {
                /** Format: date-time */
                at: string;
                response_status?: number;
                latency_ms: number;
                error?: {
                    code: string;
                    message: string;
                };
            }[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            settled_at: string | null;
        };
        Webhooks: {
            webhooks: components["schemas"]["Webhook"][];
        };
        WebhookRemoved: {
            /** Format: uuid */
            webhook_id: string;
            /** @constant */
            removed: true;
        };
        WebhookDeliveryPage: {
            deliveries: components["schemas"]["WebhookDelivery"][];
            next_cursor: string | null;
        };
        WebhookTest: {
            /** Format: uuid */
            delivery_id: string;
        };
        WebhookRedrive: {
            redriven: number;
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
            title: string;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            judge: {
                model: string;
                simulated: boolean;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            published_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            contenders: {
                slot: string;
                model: string | null;
                identity: string;
                /** @description Answered by a stand-in, not by the model it names */
                simulated: boolean;
                /** @enum {string} */
                status: "pending" | "submitted" | "failed" | "timed_out" | "withdrawn" | "cancelled";
            }[];
        };
        Contender: {
            slot: string;
            model: string | null;
            identity: string;
            /** @description Answered by a stand-in, not by the model it names */
            simulated: boolean;
            /** @enum {string} */
            status: "pending" | "submitted" | "failed" | "timed_out" | "withdrawn" | "cancelled";
            /** Format: uuid */
            contender_id: string;
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
            title: string;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            judge: {
                model: string;
                simulated: boolean;
            };
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
            contenders: components["schemas"]["Contender"][];
            judging: components["schemas"]["Job"] | null;
            verdicts: components["schemas"]["Verdict"][];
            events: components["schemas"]["Event"][];
        };
        BattlePage: {
            battles: components["schemas"]["BattleSummary"][];
            next_cursor: string | null;
        };
        Rating: {
            rank: number;
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
            leaderboard: components["schemas"]["Rating"][];
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
        CreateWebhook: {
            /**
             * @description Where events are posted: https, on a host that the internet reaches
             * @example https://example.com/agon
             */
            url: string;
            /**
             * @description Event types as battle.closed, families as battle.*, or * for all
             * @default [
             *       "*"
             *     ]
             * @example [
             *       "battle.closed",
             *       "contender.*"
             *     ]
             */
            event_types?: string[];
            /** @default  */
            description?: string;
        };
        UpdateWebhook: {
            /**
             * @description Where events are posted: https, on a host that the internet reaches
             * @example https://example.com/agon
             */
            url?: string;
            /**
             * @description Event types as battle.closed, families as battle.*, or * for all
             * @example [
             *       "battle.closed",
             *       "contender.*"
             *     ]
             */
            event_types?: string[];
            description?: string;
            /**
             * @description enabled forgives what failed before
             * @enum {string}
             */
            status?: "enabled" | "disabled";
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
