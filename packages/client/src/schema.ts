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
                    battle_type?: "ai_vs_ai" | "human_vs_ai" | "human_vs_human" | "workflow_battle" | "coding" | "qa";
                    /** @description With this model among the contenders; a battle that is still blind is not found by it */
                    model?: string;
                    created_after?: string;
                    created_before?: string;
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description budget_spent: The budget does not cover this call */
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "budget_spent";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description workflow_unpublished: The workflow has no published version; capability_missing: Nothing that runs here can do this; idempotency_conflict: This idempotency key was used for something else */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "workflow_unpublished" | "capability_missing" | "idempotency_conflict";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; contender_count: A battle takes 2 to 26 contenders; workflow_takes_no_task: The workflow has no input for the task of a battle; input_contract_violation: What goes into the node breaks its input contract; model_unknown: The model is not in the registry; local_execution_unsupported: This cannot be answered in a browser; adapter_missing: Agon cannot call this model; duplicate_contender: Two contenders are the same; duplicate_judge: Two judges are the same; judge_recused: No judge is left: each is of a contender’s family; judge_weight_unlearned: No weight was learned of this judge; accounts_unknown: This project knows nothing of its users’ accounts; mixed_kinds: The contenders make different kinds of things; judge_cannot_see: The judge cannot take in what a contender made; model_retired: The model has been shut down by its maker; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked; price_unknown: A budget cannot hold a model without a price */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "contender_count" | "workflow_takes_no_task" | "input_contract_violation" | "model_unknown" | "local_execution_unsupported" | "adapter_missing" | "duplicate_contender" | "duplicate_judge" | "judge_recused" | "judge_weight_unlearned" | "accounts_unknown" | "mixed_kinds" | "judge_cannot_see" | "model_retired" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "price_unknown";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                header?: {
                    /** @description Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409 */
                    "idempotency-key"?: string;
                };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                header?: {
                    /** @description Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409 */
                    "idempotency-key"?: string;
                };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that; battle_held: An operator has stopped this battle; submissions_ended: The submissions have ended; no_open_seat: No seat is open in this battle */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state" | "battle_held" | "submissions_ended" | "no_open_seat";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_contending: You do not contend in this battle */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_contending";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that; battle_held: An operator has stopped this battle; submissions_ended: The submissions have ended; submission_final: Your answer is handed in */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state" | "battle_held" | "submissions_ended" | "submission_final";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_contending: You do not contend in this battle */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_contending";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description own_battle: You own this battle; is_contender: You contend in this battle; not_eligible: You may not vote in this battle */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "own_battle" | "is_contender" | "not_eligible";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description not_voting: The battle takes no votes now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_voting";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; unknown_choice: There is nothing of that name to vote for */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "unknown_choice";
                        };
                    };
                };
                /** @description rate_limited: Too many requests; vote_rate: Too many votes */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited" | "vote_rate";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                header?: {
                    /** @description Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409 */
                    "idempotency-key"?: string;
                };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that; battle_held: An operator has stopped this battle */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state" | "battle_held";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/voters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say who may vote in your battle, when its voters are invited */
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
                    "application/json": components["schemas"]["InvitedVoters"];
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                header?: {
                    /** @description Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409 */
                    "idempotency-key"?: string;
                };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/winner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say who should have won your closed battle, and why; its outcome and the ratings stay */
        post: {
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
                    "application/json": components["schemas"]["WinnerOverride"];
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; unknown_choice: There is nothing of that name to vote for */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "unknown_choice";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/analyses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What models made of a battle, oldest first */
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
                /** @description The analyses */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Analyses"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Let a model analyse or cross-examine your closed battle; it decides nothing */
        post: {
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
                    "application/json": components["schemas"]["NewAnalysis"];
                };
            };
            responses: {
                /** @description The analyses; the new one is the last */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Analyses"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that; battle_held: An operator has stopped this battle; analysis_limit: The battle has as many analyses as it may have */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state" | "battle_held" | "analysis_limit";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; model_unknown: The model is not in the registry; judge_cannot_see: The judge cannot take in what a contender made; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked; price_unknown: A budget cannot hold a model without a price */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "model_unknown" | "judge_cannot_see" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "price_unknown";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/judge-weights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you have learned of judges from gold pairs, the weightiest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The weights */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JudgeWeights"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        /** Keep what you have learned of judges, all of it: a new battle takes it for judges of weight "learned" */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LearnedWeights"];
                };
            };
            responses: {
                /** @description The weights */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JudgeWeights"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; model_unknown: The model is not in the registry */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "model_unknown";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/battles/{battle_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a battle since an event, as this reader may see it; the function battle-events streams the same */
        get: {
            parameters: {
                query?: {
                    /** @description cursor of the page before; 0 begins at the beginning */
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page, oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
                    /** @description Of the elo board: where the next page begins */
                    cursor?: string;
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your provider keys, newest first, revoked ones included */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The keys */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Keys"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Add a provider key of your own, to pay for contenders and judges with */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AddKey"];
                };
            };
            responses: {
                /** @description The key as it is shown */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Key"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description byok_key_limit: You have as many provider keys as one owner may have */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "byok_key_limit";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
    "/api/keys/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a provider key another secret: battles that name it go on with that */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RotateKey"];
                };
            };
            responses: {
                /** @description The key as it is shown */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Key"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; byok_key_revoked: The provider key was revoked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "byok_key_revoked";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
    "/api/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a provider key: it is erased, and no call begins with it any more */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key as it is shown */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Key"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What your battles may cost on the platform’s keys, and what is spent of it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The budget */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Budget"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/budgets/{owner_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The budget of a user */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The budget */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Budget"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        /** Limit what a user’s battles may cost on the platform’s keys, or lift the limit */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetBudget"];
                };
            };
            responses: {
                /** @description The budget */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Budget"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/lenses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your lenses and what others have published, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Only your own */
                    mine?: "true" | "false";
                    tag?: string;
                    /** @description Words of the title or the description */
                    search?: string;
                    limit?: number;
                    cursor?: string;
                    kind?: "text" | "image" | "video" | "research" | "pdf" | "transform" | "orchestration" | "validation" | "routing";
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
                        "application/json": components["schemas"]["LensPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Keep a prompt as a lens: its first version, for you alone */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateLens"];
                };
            };
            responses: {
                /** @description The lens */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lens"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; lens_invalid: The lens has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "lens_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/lenses/{lens_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lens, with what it says */
        get: {
            parameters: {
                query?: {
                    /** @description Its number; without it the latest that you see */
                    version?: number;
                };
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lens at a version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lens"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        /** Change a lens: a document that says something else is its next version; what is left out stays */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SaveLens"];
                };
            };
            responses: {
                /** @description The lens at its latest version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lens"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; lens_invalid: The lens has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "lens_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        post?: never;
        /** Put a lens away: it is in no list any more and nobody else sees it; what ran stays */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is put away */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LensArchived"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lenses/{lens_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of a lens, newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Those that you see */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LensVersions"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/lenses/{lens_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish a version: anybody may see, run and fork it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of the version; without it the latest */
                        version?: number;
                    };
                };
            };
            responses: {
                /** @description The lens at that version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lens"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/lenses/{lens_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A lens of your own that begins where this one is */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of the version; without it the latest */
                        version?: number;
                        title?: string;
                    };
                };
            };
            responses: {
                /** @description The fork */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lens"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/lenses/{lens_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed between two versions */
        get: {
            parameters: {
                query: {
                    /** @description Number of a version */
                    from: number;
                    /** @description Number of another */
                    to: number;
                };
                header?: never;
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Every change, by its place */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Changes"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/lenses/{lens_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a lens alone, as a workflow of one node */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For 24 hours the same key and inputs again return the first run; other inputs are refused */
                    "idempotency-key"?: string;
                };
                path: {
                    lens_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StartLensRun"];
                };
            };
            responses: {
                /** @description It had begun before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description The run has begun */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description idempotency_conflict: This idempotency key was used for something else; capability_missing: Nothing that runs here can do this; pin_required: A dry run would do something outside */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "idempotency_conflict" | "capability_missing" | "pin_required";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; lens_invalid: The lens has faults; input_contract_violation: What goes into the node breaks its input contract; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked; local_execution_unsupported: This cannot be answered in a browser */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "lens_invalid" | "input_contract_violation" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "local_execution_unsupported";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-executions/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take contenders of yours to answer in this page, under a lease */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ClaimLocalExecutions"];
                };
            };
            responses: {
                /** @description What to send to which model */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutions"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-executions/{job_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the lease, and show an answer while it grows */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HeartbeatLocalExecution"];
                };
            };
            responses: {
                /** @description It is still yours */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-executions/{job_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand in what the model answered */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompleteLocalExecution"];
                };
            };
            responses: {
                /** @description It is recorded */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-executions/{job_id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that an attempt failed, and whether to try again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FailLocalExecution"];
                };
            };
            responses: {
                /** @description What became of it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-executions/{job_id}/give-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let another page of yours take it, as this one closes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GiveBackLocalExecution"];
                };
            };
            responses: {
                /** @description It is ready again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-nodes/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take nodes of runs of yours to answer in this page, under a lease */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ClaimLocalExecutions"];
                };
            };
            responses: {
                /** @description What to ask of which model */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalNodes"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-nodes/{job_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the lease, and show a node’s text while it grows */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HeartbeatLocalNode"];
                };
            };
            responses: {
                /** @description It is still yours */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-nodes/{job_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand in what a node came to; its run goes on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompleteLocalNode"];
                };
            };
            responses: {
                /** @description It is recorded */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-nodes/{job_id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that an attempt of a node failed, and whether to try again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FailLocalNode"];
                };
            };
            responses: {
                /** @description What became of it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/local-nodes/{job_id}/give-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let another page of yours take the node, as this one closes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GiveBackLocalExecution"];
                };
            };
            responses: {
                /** @description It is ready again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LocalExecutionOutcome"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description lease_lost: Another driver owns this job now */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "lease_lost";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send back what your battle’s jobs gave up, while it still waits for them */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409 */
                    "idempotency-key"?: string;
                };
                path: {
                    battle_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What became of each dead letter */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Redriven"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the engine stands: queues, leases, switches, rate limits, dead letters, tasks */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The status */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Status"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The workers that were heard of within a day: how each is, what it runs and what it can do */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The workers, last heard first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workers"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs that were given up, newest first, with the reason */
        get: {
            parameters: {
                query?: {
                    state?: "open" | "redriven" | "all";
                    kind?: "battle_job" | "async_execution" | "bridge_execution" | "battle_judging" | "battle_analysis" | "battle_keyframes" | "coding_job" | "local_execution" | "workflow_contender" | "webhook_delivery" | "vote_scan" | "rating_refresh" | "rating_refresh_large" | "workflow_node" | "team_run" | "lens_run" | "workflow_media" | "workflow_tool" | "workflow_program" | "local_node" | "schedule_refill" | "workflow_trigger";
                    /** @description As GET /errors lists them */
                    error_code?: string;
                    battle_id?: string;
                    /** @description Of a workflow’s run */
                    run_id?: string;
                    /** @description Given up at this time or later */
                    since?: string;
                    limit?: number;
                    /** @description next_cursor of the page before */
                    cursor?: number;
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
                        "application/json": components["schemas"]["DeadLetterPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/dead-letters/{dead_letter_id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send one dead letter back, with both counters at zero */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    dead_letter_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description redriven; or already_redriven, and nothing changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acted"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that; run_state: The run is past that; webhook_disabled: The webhook is disabled */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state" | "run_state" | "webhook_disabled";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/dead-letters/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send back every open dead letter of a battle or a run that matches, each by itself; those of one run together */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Redrive"];
                };
            };
            responses: {
                /** @description What became of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Redriven"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/switches/off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop every claim, or those of one provider; what is in hand ends as it will */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            responses: {
                /** @description off */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; no_such_switch: There is no such switch */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "no_such_switch";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/switches/on": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it go on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            responses: {
                /** @description on */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; no_such_switch: There is no such switch */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "no_such_switch";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop one battle where it is: calls in flight are aborted, nothing is counted, no deadline passes */
        post: {
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
                    "application/json": components["schemas"]["Hold"];
                };
            };
            responses: {
                /** @description held, or already_held */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description battle_state: The battle is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "battle_state";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/battles/{battle_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a held battle go on */
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
                /** @description released; or not_held, and nothing changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acted"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your triggers */
        get: {
            parameters: {
                query?: {
                    workflow_id?: string;
                };
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
                        "application/json": components["schemas"]["Triggers"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Start a workflow on a schedule, on a request, on events; the answer shows a webhook trigger’s secret, once */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateTrigger"];
                };
            };
            responses: {
                /** @description The trigger */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerMade"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; trigger_limit: An owner has at most 100 triggers; schedule_invalid: The schedule cannot be read; schedule_never_due: The schedule is never due; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "trigger_limit" | "schedule_invalid" | "schedule_never_due" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
    "/api/triggers/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** When a schedule would be due; nothing is saved */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PreviewSchedule"];
                };
            };
            responses: {
                /** @description The next due times */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SchedulePreview"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; schedule_invalid: The schedule cannot be read */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "schedule_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/triggers/{trigger_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One trigger, with the next due times of a schedule */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The trigger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerWithDues"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Remove a trigger, its secret and its firings; its runs stay */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger_id: string;
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
                        "application/json": components["schemas"]["TriggerRemoved"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change a trigger, or enable and disable it */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UpdateTrigger"];
                };
            };
            responses: {
                /** @description The trigger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trigger"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description trigger_kind: A trigger of this kind cannot do that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "trigger_kind";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; schedule_invalid: The schedule cannot be read; schedule_never_due: The schedule is never due; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "schedule_invalid" | "schedule_never_due" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/triggers/{trigger_id}/fire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start its workflow now, as the trigger would, whatever else runs */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FireTrigger"];
                };
            };
            responses: {
                /** @description The run */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerFired"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description capability_missing: Nothing that runs here can do this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "capability_missing";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; inputs_missing: The workflow needs inputs that were not given; input_contract_violation: What goes into the node breaks its input contract; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "inputs_missing" | "input_contract_violation" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/triggers/{trigger_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the secret of a webhook trigger; the old one opens nothing from now on, or for as long as you say */
        post: {
            parameters: {
                query?: {
                    /** @description Seconds for which the old secret opens too; by default none */
                    old_valid_s?: number;
                };
                header?: never;
                path: {
                    trigger_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The trigger and its new secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerWithSecret"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description trigger_kind: A trigger of this kind cannot do that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "trigger_kind";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
    "/api/triggers/{trigger_id}/firings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What came of each time it fired, newest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: number;
                };
                header?: never;
                path: {
                    trigger_id: string;
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
                        "application/json": components["schemas"]["TriggerFiringPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/hooks/{trigger_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a workflow from outside: JSON, with the trigger’s secret as a bearer token, or signed as Standard Webhooks says */
        post: {
            parameters: {
                query?: {
                    /** @description Seconds to wait for the run’s end */
                    wait?: number;
                };
                header?: never;
                path: {
                    trigger_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The run ended within wait */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HookAnswer"];
                    };
                };
                /** @description The run has begun */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HookAnswer"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description hook_refused: No webhook trigger takes this request */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "hook_refused";
                        };
                    };
                };
                /** @description idempotency_conflict: This idempotency key was used for something else; capability_missing: Nothing that runs here can do this */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "idempotency_conflict" | "capability_missing";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; inputs_missing: The workflow needs inputs that were not given; input_contract_violation: What goes into the node breaks its input contract; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "inputs_missing" | "input_contract_violation" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "internal";
                        };
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
    "/api/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your runs, newest first */
        get: {
            parameters: {
                query?: {
                    workflow_id?: string;
                    status?: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
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
                        "application/json": components["schemas"]["RunPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run, whole: its nodes with what went in and came out, its edges, the runs it began */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The run */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened in a run since an event; the function battle-events streams the same at /runs/{run_id} */
        get: {
            parameters: {
                query?: {
                    /** @description cursor of the page before; 0 begins at the beginning */
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page, oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunEventPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who said what in the teams of a run, also while they work */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The teams, in the order of their nodes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TeamTranscript"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here; no_team: The run has no team */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found" | "no_team";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}/diagram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The graph of a run as a Mermaid flowchart, coloured by status */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Text */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vnd.mermaid": string;
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}/replayed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of a run as its log alone rebuilds it, beside what the database holds */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Both are equal, or how they differ */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunReplayed"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a run: every open node ends, wherever it is, and so do the runs it began */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The run */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description run_state: The run is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "run_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run again what failed in an ended run, or a node and all after it; what is done stays done */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RetryRun"];
                };
            };
            responses: {
                /** @description The run */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here; node_not_found: The run has no such node */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found" | "node_not_found";
                        };
                    };
                };
                /** @description run_state: The run is past that; run_is_child: The run was begun by a node of another */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "run_state" | "run_is_child";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new run of the same version that goes on from a node of an ended one, with other inputs */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ForkRun"];
                };
            };
            responses: {
                /** @description The new run */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here; node_not_found: The run has no such node */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found" | "node_not_found";
                        };
                    };
                };
                /** @description run_state: The run is past that; run_is_child: The run was begun by a node of another */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "run_state" | "run_is_child";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; input_contract_violation: What goes into the node breaks its input contract */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "input_contract_violation";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go through the graph of a finished run again with what its nodes came to, without a single call */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The new run */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description run_state: The run is past that; run_is_child: The run was begun by a node of another */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "run_state" | "run_is_child";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a run begin that waits for it, or cancel it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ApproveRun"];
                };
            };
            responses: {
                /** @description The run */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description run_state: The run is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "run_state";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/nodes/{node_id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer an approval or an external wait of your own run */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                    node_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AnswerNode"];
                };
            };
            responses: {
                /** @description It is answered */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitAnswered"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description wait_unknown: No run waits for this answer */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_unknown";
                        };
                    };
                };
                /** @description wait_answered: It was answered before; run_state: The run is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_answered" | "run_state";
                        };
                    };
                };
                /** @description wait_expired: Nobody answered in time */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_expired";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/runs/{run_id}/nodes/{node_id}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The address at which others may answer an approval or an external wait of your own run */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    run_id: string;
                    node_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is asked, and where */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitAddress"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description wait_unknown: No run waits for this answer */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_unknown";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/waits/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a wait asks of whoever has its token: JSON, or a page with a form for who accepts HTML */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What is asked */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Wait"];
                    };
                };
                /** @description wait_unknown: No run waits for this answer */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_unknown";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Answer a wait, once, by its token: JSON, or the fields of a form */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AnswerWait"];
                    "application/x-www-form-urlencoded": components["schemas"]["AnswerWait"];
                };
            };
            responses: {
                /** @description It is answered */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitAnswered"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description wait_unknown: No run waits for this answer */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_unknown";
                        };
                    };
                };
                /** @description wait_answered: It was answered before; run_state: The run is past that */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_answered" | "run_state";
                        };
                    };
                };
                /** @description wait_expired: Nobody answered in time */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "wait_expired";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/team-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let several models work on a task in rounds, as a workflow of one node */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For 24 hours the same key and inputs again return the first run; other inputs are refused */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StartTeamRun"];
                };
            };
            responses: {
                /** @description It had begun before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description The run has begun */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description idempotency_conflict: This idempotency key was used for something else; capability_missing: Nothing that runs here can do this; pin_required: A dry run would do something outside */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "idempotency_conflict" | "capability_missing" | "pin_required";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; workflow_invalid: The workflow has faults; input_contract_violation: What goes into the node breaks its input contract; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked; local_execution_unsupported: This cannot be answered in a browser */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "workflow_invalid" | "input_contract_violation" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "local_execution_unsupported";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflow-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Workflows to begin with, one for each common task */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them, in the order of the tasks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowTemplates"];
                    };
                };
                /** @description internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "internal";
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
    "/api/workflow-templates/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One template, with its document and inputs that it runs with */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Of GET /workflow-templates: 09-media-router, or 9, or media-router */
                    slug: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The template */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowTemplate"];
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "internal";
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
    "/api/workflow-templates/{slug}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A workflow of your own that begins as a template is */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Of GET /workflow-templates: 09-media-router, or 9, or media-router */
                    slug: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ForkTemplate"];
                };
            };
            responses: {
                /** @description The workflow */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; workflow_invalid: The workflow has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "workflow_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/votes/held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Votes that are not counted, with the reason, last decided first */
        get: {
            parameters: {
                query?: {
                    status?: "held" | "rejected" | "all";
                    voter_id?: string;
                    battle_id?: string;
                    /** @description Why they were held */
                    reason?: string;
                    /** @description Decided at this time or later */
                    since?: string;
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
                        "application/json": components["schemas"]["HeldVotePage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/votes/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count every held vote of a voter */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VoterDecision"];
                };
            };
            responses: {
                /** @description What changed; unchanged when it was so already */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecidedVotes"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/votes/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take every vote of a voter out of the tally for good, counted ones too */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VoterDecision"];
                };
            };
            responses: {
                /** @description What changed; unchanged when it was so already */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecidedVotes"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/votes/{vote_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count a vote that is held, or was rejected; no rule holds it again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    vote_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VoteDecision"];
                };
            };
            responses: {
                /** @description What changed; unchanged when it was so already */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecidedVotes"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/votes/{vote_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a vote out of the tally for good; it is not deleted */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    vote_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VoteDecision"];
                };
            };
            responses: {
                /** @description What changed; unchanged when it was so already */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecidedVotes"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; outbound_refused: This address may not be called; webhook_limit: An owner has at most 20 webhooks */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "outbound_refused" | "webhook_limit";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; outbound_refused: This address may not be called */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "outbound_refused";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description webhook_disabled: The webhook is disabled */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "webhook_disabled";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached; sealing_key_missing: A master key for sealed secrets is not configured */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable" | "sealing_key_missing";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description webhook_disabled: The webhook is disabled; delivery_state: Only a dead delivery is sent again */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "webhook_disabled" | "delivery_state";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description webhook_disabled: The webhook is disabled */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "webhook_disabled";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your workflows and what others have published, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Only your own */
                    mine?: "true" | "false";
                    tag?: string;
                    /** @description Words of the title or the description */
                    search?: string;
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
                        "application/json": components["schemas"]["WorkflowPage"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        put?: never;
        /** Keep a workflow: its first version, for you alone */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateWorkflow"];
                };
            };
            responses: {
                /** @description The workflow */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; workflow_invalid: The workflow has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "workflow_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Every problem a document has, each with its place and what to do; nothing is kept */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ValidateWorkflow"];
                };
            };
            responses: {
                /** @description Whether it could be saved, and all problems */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowValidation"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One workflow, with its document */
        get: {
            parameters: {
                query?: {
                    /** @description Its number; without it the latest that you see */
                    version?: number;
                };
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The workflow at a version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        /** Change a workflow: a document that says something else is its next version; what is left out stays */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SaveWorkflow"];
                };
            };
            responses: {
                /** @description The workflow at its latest version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; workflow_invalid: The workflow has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "workflow_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        post?: never;
        /** Put a workflow away: it is in no list any more, nobody else sees it and nothing starts it; its runs stay */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is put away */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowArchived"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workflows/{workflow_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of a workflow, newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Those that you see */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowVersions"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/workflows/{workflow_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish a version: anybody may see, run and fork it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of the version; without it the latest */
                        version?: number;
                    };
                };
            };
            responses: {
                /** @description The workflow at that version */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflows/{workflow_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A workflow of your own that begins where this one is */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of the version; without it the latest */
                        version?: number;
                        title?: string;
                    };
                };
            };
            responses: {
                /** @description The fork */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workflow"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; workflow_invalid: The workflow has faults */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "workflow_invalid";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
    "/api/workflows/{workflow_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed between two versions; nodes are told by their ids */
        get: {
            parameters: {
                query: {
                    /** @description Number of a version */
                    from: number;
                    /** @description Number of another */
                    to: number;
                };
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Every change, by its place */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Changes"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/workflows/{workflow_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The document alone, to be kept in a file and given to POST /workflows */
        get: {
            parameters: {
                query?: {
                    /** @description Its number; without it the latest that you see */
                    version?: number;
                };
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkflowDocument"];
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/workflows/{workflow_id}/diagram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The graph as a Mermaid flowchart */
        get: {
            parameters: {
                query?: {
                    /** @description Its number; without it the latest that you see */
                    version?: number;
                };
                header?: never;
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Text */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vnd.mermaid": string;
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
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
    "/api/workflows/{workflow_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a workflow */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description For 24 hours the same key and inputs again return the first run; other inputs are refused */
                    "idempotency-key"?: string;
                };
                path: {
                    workflow_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StartRun"];
                };
            };
            responses: {
                /** @description It had begun before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description The run has begun */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunStarted"];
                    };
                };
                /** @description invalid_json: The body is not JSON */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_json";
                        };
                    };
                };
                /** @description unauthenticated: No valid credential */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unauthenticated";
                        };
                    };
                };
                /** @description not_found: There is no such thing here */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                    };
                };
                /** @description idempotency_conflict: This idempotency key was used for something else; capability_missing: Nothing that runs here can do this; pin_required: A dry run would do something outside */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "idempotency_conflict" | "capability_missing" | "pin_required";
                        };
                    };
                };
                /** @description payload_too_large: The body is too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "payload_too_large";
                        };
                    };
                };
                /** @description unsupported_media_type: The body has the wrong content type */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                    };
                };
                /** @description invalid_request: The request does not fit the schema; input_contract_violation: What goes into the node breaks its input contract; byok_key_not_found: You have no such provider key; byok_key_expired: The provider key has expired; byok_key_revoked: The provider key was revoked; local_execution_unsupported: This cannot be answered in a browser */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "invalid_request" | "input_contract_violation" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "local_execution_unsupported";
                        };
                    };
                };
                /** @description rate_limited: Too many requests */
                429: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "rate_limited";
                        };
                    };
                };
                /** @description store_refused: The database refused a call; internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_refused" | "internal";
                        };
                    };
                };
                /** @description store_unavailable: The database could not be reached */
                503: {
                    headers: {
                        /** @description Seconds to wait */
                        "Retry-After"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "store_unavailable";
                        };
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
                /** @description internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "internal";
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
                /** @description internal: Agon failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"] & {
                            /** @enum {string} */
                            code?: "internal";
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
        /** @description Who pays for its calls; shown to the owner alone */
        Funding: {
            /** @enum {string} */
            source: "platform_credit" | "user_byok_cloud" | "user_byok_local" | "local" | "simulated";
            /** Format: uuid */
            byok_key_id: string | null;
            /** @description The most it may cost by list price; null: the price is not known */
            cost_estimate_usd: number | null;
        };
        Key: {
            /** Format: uuid */
            key_id: string;
            provider: string;
            label: string;
            /** @description The last characters of the key */
            hint: string;
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            rotated_at: string | null;
            /** Format: date-time */
            expires_at: string | null;
            /** Format: date-time */
            revoked_at: string | null;
            /**
             * Format: date-time
             * @description To the minute
             */
            last_used_at: string | null;
        };
        Keys: {
            keys: components["schemas"]["Key"][];
        };
        Budget: {
            /** @description What calls on the platform’s keys may cost; null: no limit is set */
            budget: {
                /** Format: uuid */
                owner_id: string;
                limit_usd: number;
                /** @enum {string} */
                period: "day" | "month" | "total";
                /** Format: date-time */
                period_started_at: string;
                /** Format: date-time */
                period_ends_at: string | null;
                spent_usd: number;
                /** @description Set aside for calls under way */
                reserved_usd: number;
                left_usd: number;
            } | null;
        };
        Analysis: {
            /** Format: uuid */
            analysis_id: string;
            /** @enum {string} */
            kind: "digest_judge" | "cross_examination";
            model: string;
            simulated: boolean;
            /** @enum {string} */
            status: "pending" | "completed" | "failed";
            result: ({
                contenders: {
                    slot: string;
                    summary: string;
                    strengths: string[];
                    weaknesses: string[];
                }[];
                /** @enum {string|null} */
                outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
                winner_slot: string | null;
                judgements: {
                    slot_order: string;
                    outcome: string;
                    reasoning: string;
                    scores: {
                        [key: string]: number;
                    };
                }[];
            } | {
                findings: {
                    /** @description null: about the verdict */
                    slot: string | null;
                    claim: string;
                    /** @enum {string} */
                    severity: "low" | "medium" | "high";
                    evidence: string;
                    /** @description Whether the evidence stands, word for word, where the finding points */
                    quoted: boolean;
                }[];
            }) | null;
            error: {
                code: string;
                message: string;
            } | null;
            /** @description Made by itself when the battle closed */
            automatic: boolean;
            cost_usd: number | null;
            calls: {
                stage: string;
                system_prompt: string;
                /** @description Shown to the owner alone */
                prompt: string | null;
                raw_text: string;
                input_tokens: number | null;
                output_tokens: number | null;
                cost_usd: number | null;
                latency_ms: number | null;
            }[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            finished_at: string | null;
        };
        Analyses: {
            analyses: components["schemas"]["Analysis"][];
        };
        JudgeWeights: {
            weights: {
                model: string;
                /** @description 0: no better than a coin */
                weight: number;
                accuracy: number;
                gold_pairs: number;
                /** Format: date-time */
                learned_at: string;
            }[];
        };
        AddKey: {
            /**
             * @description Whose key it is. Of connections, for nodes of workflows, the secret is: http: a token, or user:password; webhook: a signing secret, as whsec_…; slack: the URL of an incoming webhook of Slack; discord: the URL of a webhook of Discord; smtp: a mail server, as JSON: {"host":…,"port":465,"user":…,"password":…,"from":…}; tavily: an API key of Tavily
             * @example openai
             * @enum {string}
             */
            provider: "openai" | "anthropic" | "google" | "mistral" | "fal" | "compatible" | "stability" | "elevenlabs" | "kling" | "suno" | "http" | "webhook" | "slack" | "discord" | "smtp" | "tavily";
            /**
             * Format: password
             * @description The key itself. It is sealed before it is stored, and never shown again
             */
            secret: string;
            /**
             * @description For you to tell your keys apart
             * @default
             */
            label?: string;
            /**
             * Format: date-time
             * @description From then on no call begins with it. Default: never
             */
            expires_at?: string;
        };
        RotateKey: {
            /**
             * Format: password
             * @description The key itself. It is sealed before it is stored, and never shown again
             */
            secret: string;
            /**
             * Format: date-time
             * @description From then on no call begins with it. Default: never
             */
            expires_at?: string;
        };
        SetBudget: {
            /** @description null lifts the limit */
            limit_usd: number | null;
            /**
             * @description Days and months of UTC; total never begins anew
             * @default month
             * @enum {string}
             */
            period?: "day" | "month" | "total";
        };
        NewAnalysis: {
            /**
             * @description digest_judge: each answer is digested by itself, then the digests are compared in both orders. cross_examination: the answers and their verdict are searched for faults, each with its evidence
             * @enum {string}
             */
            kind: "digest_judge" | "cross_examination";
            /**
             * @description provider:model; GET /models lists them
             * @example openai:gpt-5-mini
             */
            model: string;
            /**
             * Format: uuid
             * @description Your own provider key that pays for its calls; default: the platform’s
             */
            byok_key_id?: string;
        };
        LearnedWeights: {
            weights: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model: string;
                /** @description log(p / (1 - p)), where p is how often a single call is right; 0 for a coin */
                weight: number;
                /** @description How often a single call was right, for the record */
                accuracy: number;
                /** @description Of how many pairs */
                gold_pairs: number;
            }[];
        };
        WinnerOverride: {
            /** @description Who should have won; null: nobody */
            winner_slot: string | null;
            /** @description Why. It is shown with the battle */
            note: string;
        };
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
        InvitedVoters: {
            /** @description The user ids of all who may vote; a vote that was given stays */
            invited_voters: string[];
        };
        Promotion: {
            /**
             * Format: date-time
             * @description null: not by itself
             */
            promote_at: string | null;
        };
        ClaimLocalExecutions: {
            /**
             * @description Those this page has keys of: it is given what it can answer
             * @example [
             *       "openai"
             *     ]
             */
            providers: ("openai" | "anthropic" | "google" | "mistral" | "ollama" | "llama-swap" | "lmstudio" | "compatible")[];
            /**
             * @description A name of the page, for who looks at leases
             * @default page
             */
            driver?: string;
            /** @default 1 */
            most?: number;
        };
        HeartbeatLocalExecution: {
            /** @description As the claim told it */
            lease_token: number;
            /** @description What is new of a growing answer, and what another page would go on from */
            progress?: {
                output: {
                    input_tokens?: number | null;
                    output_tokens?: number | null;
                    latency_ms?: number;
                } & {
                    [key: string]: unknown;
                };
                checkpoint: {
                    chunks: number;
                    elapsed_ms: number;
                    input_tokens?: number | null;
                    output_tokens?: number | null;
                    cursor?: {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
                delta: {
                    offset: number;
                    text: string;
                };
            };
        };
        CompleteLocalExecution: {
            /** @description As the claim told it */
            lease_token: number;
            /** @description The answer; any other field is passed by */
            output: {
                /** @description A model may end without a word */
                content_text: string;
                wire_model: string;
                /** @enum {string} */
                finish_reason: "stop" | "length" | "other";
                input_tokens: number | null;
                output_tokens: number | null;
                cost_usd: number | null;
                latency_ms: number;
            } & {
                [key: string]: unknown;
            };
        };
        FailLocalExecution: {
            /** @description As the claim told it */
            lease_token: number;
            error: {
                /**
                 * @description As GET /errors lists them
                 * @enum {string}
                 */
                code: "provider_rate_limited" | "provider_unavailable" | "provider_timeout" | "provider_malformed" | "provider_rejected" | "provider_auth" | "provider_task_failed" | "provider_task_gone" | "content_refused" | "provider_key_missing" | "model_unknown" | "adapter_missing" | "handicap_violated" | "template_invalid" | "deadline_exceeded" | "media_unavailable" | "media_expired" | "media_refused" | "media_unreadable" | "media_target_invalid" | "media_tools_timeout" | "model_retired" | "storage_unavailable" | "storage_refused" | "bridge_auth" | "bridge_unconfigured" | "bridge_timeout" | "coding_backends_missing" | "lease_lost" | "internal" | "lens_invalid" | "workflow_invalid" | "input_contract_violation" | "output_contract_violation" | "node_timeout" | "upstream_failure" | "moderation_blocked" | "moderation_unavailable" | "context_too_large" | "capability_missing" | "model_missing" | "depth_exceeded" | "run_is_child" | "node_not_found" | "pin_required" | "run_state" | "wait_answered" | "wait_expired" | "wait_unknown" | "approval_rejected" | "child_failed" | "no_team" | "node_unknown" | "node_config" | "expression_invalid" | "side_effect_refused" | "schedule_invalid" | "schedule_never_due" | "trigger_limit" | "trigger_kind" | "trigger_depth" | "hook_refused" | "inputs_missing" | "outbound_refused" | "outbound_unreachable" | "outbound_timeout" | "webhook_rejected" | "webhook_gone" | "webhook_disabled" | "delivery_state" | "webhook_limit" | "credential_missing" | "credential_invalid" | "receiver_rate_limited" | "receiver_unavailable" | "receiver_rejected" | "mail_port_closed" | "mail_unavailable" | "mail_rejected" | "file_refused" | "file_not_found" | "unsupported_characters" | "document_too_long" | "code_failed" | "code_limit" | "rpc_not_allowed" | "rpc_failed" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "byok_key_limit" | "sealing_key_missing" | "sealed_unreadable" | "budget_spent" | "price_unknown" | "reply_unparseable" | "judge_cannot_see" | "duplicate_judge" | "analysis_limit" | "judge_recused" | "judge_weight_unlearned" | "verdict_unparseable" | "slot_unknown" | "slot_taken" | "workflow_unpublished" | "workflow_takes_no_task" | "slot_unanswered" | "contender_count" | "mixed_kinds" | "duplicate_contender" | "battle_state" | "battle_held" | "no_open_seat" | "not_contending" | "submissions_ended" | "submission_final" | "not_voting" | "not_eligible" | "vote_rate" | "accounts_unknown" | "own_battle" | "is_contender" | "unknown_choice" | "backend_failed" | "backend_unavailable" | "workspace_unavailable" | "backend_misused" | "local_driver_missing" | "local_execution_unsupported" | "repository_unavailable" | "ref_unknown" | "invalid_request" | "invalid_json" | "unsupported_media_type" | "callback_refused" | "idempotency_conflict" | "unauthenticated" | "forbidden" | "not_found" | "method_not_allowed" | "rate_limited" | "payload_too_large" | "no_such_switch" | "store_refused" | "store_unavailable";
                message: string;
                cost_usd?: number;
            };
            /** @description When to try again; null: never */
            backoff_ms: number | null;
        };
        GiveBackLocalExecution: {
            /** @description As the claim told it */
            lease_token: number;
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
                /**
                 * @description A coding backend that a worker has, by its name; model is then the name that backend knows a model by
                 * @example claude-code
                 */
                command?: string;
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
                /**
                 * Format: uuid
                 * @description A workflow answers: its published version, as it is now
                 */
                workflow_id?: string;
                /**
                 * Format: uuid
                 * @description The same, by a version
                 */
                workflow_version_id?: string;
                /** @description Of a workflow: what else it is given. Its inputs prompt and task, those it has, are the task */
                inputs?: {
                    [key: string]: unknown;
                };
                /**
                 * @description Of a workflow: keys of yours that pay for its run, by provider
                 * @example {
                 *       "openai": "7b1f0e0a-5b5e-4d55-9d3c-1f3b7d2a9c10"
                 *     }
                 */
                byok_keys?: {
                    [key: string]: string;
                };
                /** @description A persona of the model: rated apart, never shown to the judge */
                identity?: string;
                system_prompt?: string;
                /**
                 * Format: uuid
                 * @description Your own provider key that pays for its calls; default: the platform’s
                 */
                byok_key_id?: string;
                /**
                 * @description user_byok_local: answered by a page of yours with a key that never leaves your browser; such an answer is not rated
                 * @enum {string}
                 */
                funding_source?: "user_byok_local";
            }[];
            /** @description The one judge; several come as judges. One of the two is needed unless scoring_mode is community */
            judge?: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model: string;
                /**
                 * Format: uuid
                 * @description Your own provider key that pays for its calls; default: the platform’s
                 */
                byok_key_id?: string;
            };
            /** @description A panel. Judges of equal weight should be about equally good: docs/judging.md */
            judges?: {
                /**
                 * @description provider:model; GET /models lists them
                 * @example openai:gpt-5-mini
                 */
                model: string;
                /**
                 * @description What its word counts for beside the others’; 0 is heard and does not count. "learned": what you have learned of it from gold pairs (PUT /judge-weights)
                 * @default 1
                 */
                weight?: number | "learned";
                /**
                 * Format: uuid
                 * @description Your own provider key that pays for its calls; default: the platform’s
                 */
                byok_key_id?: string;
            }[];
            /**
             * @description How each judge is asked, always in both orders: about all answers at once (2 calls), about each pair (n(n-1) calls), or about each criterion of the rubric (2 calls a criterion). Default: listwise up to 8 contenders, else pairwise
             * @enum {string}
             */
            judge_mode?: "listwise" | "pairwise" | "rubric";
            /**
             * @description Lets a judge judge models of its own family. Otherwise it is recused, and refused when no judge is left
             * @default false
             */
            allow_own_family?: boolean;
            /**
             * @description When the battle closes, its first judge digests and compares the answers; it decides nothing
             * @default false
             */
            auto_analyse?: boolean;
            /** @description What to judge by; "auto": the first judge writes it, of the task alone, before it judges */
            rubric?: "auto" | {
                title: string;
                description?: string;
                weight?: number;
            }[];
            /**
             * @description Follows from the contenders; when given, it is checked. A workflow among them makes it a workflow_battle
             * @enum {string}
             */
            battle_type?: "ai_vs_ai" | "human_vs_ai" | "human_vs_human" | "qa" | "workflow_battle" | "coding";
            /**
             * @description Who decides: a judge, the votes, or half and half. In a coding battle checks decide alone (checks), or half beside its judge (hybrid)
             * @default ai_judge
             * @enum {string}
             */
            scoring_mode?: "ai_judge" | "community" | "hybrid" | "checks";
            /** @description How long may be voted. Default: 24 hours where votes decide, else 0, which is no vote. A battle with a vote is blind until it is closed */
            voting_window_ms?: number;
            /**
             * @description Who may vote: anyone who is signed in, or of those only some
             * @default anyone
             * @enum {string}
             */
            voter_eligibility?: "anyone" | "confirmed_email" | "account_age" | "invited";
            /**
             * @description What a vote weighs: one; or less than one, when its voter has agreed with other voters on ten battles or more hardly more often than chance would. Both tallies are shown
             * @default equal
             * @enum {string}
             */
            vote_weighting?: "equal" | "reliability";
            /** @description With account_age: how old a voter’s account must be */
            min_account_age_ms?: number;
            /** @description With invited: their user ids */
            invited_voters?: string[];
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
            /** @description Of a coding battle: what its contenders work on */
            repository?: {
                /**
                 * @description A repository that the worker has, by its name
                 * @example shop
                 */
                source: string;
                /**
                 * @description Where every contender begins. The commit it stands for is pinned when the first does
                 * @default HEAD
                 */
                ref?: string;
            };
            /** @description Commands of the repository, by name, that are run on what each contender left; with scoring_mode checks or hybrid they decide */
            checks?: string[];
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
            /** @description The most all calls of the battle may cost, in USD by list price. A call that does not fit is not made */
            budget_usd?: number;
            /**
             * @description Publish at once: the contenders start to answer
             * @default false
             */
            publish?: boolean;
        };
        HeldVote: {
            /** Format: uuid */
            vote_id: string;
            /** Format: uuid */
            battle_id: string;
            /** @enum {string} */
            battle_status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
            /** Format: uuid */
            voter_id: string;
            choice: string;
            /** @enum {string} */
            status: "held" | "rejected";
            reason: string;
            /** @description What the rule saw that held it */
            evidence: {
                [key: string]: unknown;
            };
            decided_by: string;
            /** Format: date-time */
            decided_at: string;
            /** Format: date-time */
            created_at: string;
        };
        HeldVotePage: {
            votes: components["schemas"]["HeldVote"][];
            next_cursor: string | null;
        };
        DecidedVotes: {
            /** @enum {string} */
            outcome: "released" | "rejected" | "unchanged";
            /** @description How many changed */
            votes: number;
            /** @description Of those, votes of battles that had closed: their tally is another now; their outcome and every rating are as they were */
            after_close: number;
            /** @description The limit was reached: ask again */
            more: boolean;
        };
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
            next_cursor: string | null;
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
        LocalExecution: {
            job_id: number;
            /** @description Names this claim in every later call */
            lease_token: number;
            attempts: number;
            reclaims: number;
            max_attempts: number;
            in_lane: boolean;
            /** @description How long it may take from now on */
            deadline_ms: number | null;
            /** Format: uuid */
            battle_id: string;
            /** Format: uuid */
            contender_id: string;
            slot: string;
            model_key: string;
            system_prompt: string | null;
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
            /** @description What was said before, by a page that is gone: the answer goes on from it */
            checkpoint: {
                [key: string]: unknown;
            } | null;
            /** @description No call may be made: fail it with this error */
            refused?: {
                code: string;
                message: string;
            };
        };
        LocalExecutions: {
            jobs: components["schemas"]["LocalExecution"][];
            /** @description How long a lease lasts without a heartbeat */
            lease_ms: number;
            /** @description How soon the next delayed one is, where none is ready */
            next_due_ms: number | null;
        };
        LocalNode: {
            job_id: number;
            /** @description Names this claim in every later call */
            lease_token: number;
            /** Format: uuid */
            run_id: string;
            node_id: string;
            node_type: string;
            label: string;
            config: {
                [key: string]: unknown;
            };
            lens: {
                [key: string]: unknown;
            } | null;
            model_key: string | null;
            run_inputs: {
                [key: string]: unknown;
            };
            /** @description How long it may take from now on */
            deadline_ms: number | null;
        } & {
            [key: string]: unknown;
        };
        LocalNodes: {
            jobs: components["schemas"]["LocalNode"][];
            /** @description How long a lease lasts without a heartbeat */
            lease_ms: number;
            /** @description How soon the next delayed one is, where none is ready */
            next_due_ms: number | null;
        };
        LocalExecutionOutcome: {
            /** @enum {string} */
            outcome: "held" | "recorded" | "requeued" | "dead_lettered" | "given_back";
        };
        DeadLetter: {
            dead_letter_id: number;
            job_id: number;
            kind: string;
            /** Format: uuid */
            subject_id: string | null;
            /** Format: uuid */
            battle_id: string | null;
            /** @enum {string|null} */
            battle_status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void" | null;
            /** Format: uuid */
            contender_id: string | null;
            slot: string | null;
            /** Format: uuid */
            run_id: string | null;
            run_status: string | null;
            /** @description Of a workflow; redriving runs it again, and all after it */
            node_id: string | null;
            model: string | null;
            error: {
                code: string;
                message: string;
            };
            attempts: number;
            reclaims: number;
            payload: unknown;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            redriven_at: string | null;
            /** @description Its battle still waits for it and is not held, its run has failed, or its webhook is enabled */
            redrivable: boolean;
        };
        DeadLetterPage: {
            dead_letters: components["schemas"]["DeadLetter"][];
            next_cursor: number | null;
        };
        Redriven: {
            /** @description How many letters ended so: redriven, already_redriven, battle_<status> or run_<status> (it went on without them), failed (see the database log) */
            outcomes: {
                [key: string]: number;
            };
            considered: number;
            /** @description Where the next call goes on; null at the end */
            next_after: number | null;
        };
        Acted: {
            outcome: string;
        };
        KindStatus: {
            kind: string;
            /** @description Counted to 100,000 a queue */
            ready: number;
            /** @description For how long the oldest of the next thousand has been ready, to a second: since it was made, fell due, was tried again, redriven or given back */
            oldest_ready_ms: number | null;
            later: number;
            /** @description Of later, those whose time has come: more than a few mean that nothing sweeps */
            due: number;
            leased: number;
            drivers: number;
            overdue_leases: number;
            paused_queues: number;
            dead_letters: number;
        };
        Status: {
            /** Format: date-time */
            at: string;
            kinds: components["schemas"]["KindStatus"][];
            /** @description Queues with jobs that nobody takes */
            untaken: {
                kind: string;
                /** @description Of the queue: of a coding battle coding:<command>:<repository> */
                key: string | null;
                /** @description Counted to 1,000 */
                ready: number;
                /** @description Counted to 1,000 */
                later: number;
                oldest_ready_ms: number | null;
                /**
                 * @description no_worker: no function takes this kind, and no worker that lives. no_wake: a function does, and this project wakes none
                 * @enum {string}
                 */
                why: "no_worker" | "no_wake";
            }[];
            /** @description Those that live, with what they can do that a function cannot */
            workers: {
                worker_id: string;
                /** @enum {string} */
                state: "running" | "draining";
                /** @enum {string} */
                health: "healthy" | "late";
                running: number;
                slots: number;
                /** @description Of jobs, that it takes; null: it does not say */
                kinds: string[] | null;
                capabilities: string[];
            }[];
            switches: {
                /** @enum {string} */
                scope: "system" | "provider";
                name: string;
                reason: string;
                /** Format: date-time */
                turned_off_at: string;
            }[];
            rate_limits: {
                limit_key: string;
                /** Format: date-time */
                blocked_until: string;
                reports: number;
            }[];
            dead_letters: {
                kind: string;
                error_code: string;
                count: number;
                /** Format: date-time */
                oldest_at: string;
            }[];
            async_tasks: {
                provider: string;
                open: number;
                overdue: number;
                /** Format: date-time */
                oldest_at: string;
            }[];
        };
        WorkerStatus: {
            worker_id: string;
            worker_type: string;
            host: string | null;
            pid: number | null;
            version: string | null;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            seen_at: string;
            interval_ms: number;
            /**
             * @description As it said last
             * @enum {string}
             */
            state: "running" | "draining" | "stopped";
            /**
             * @description healthy: heard within three of its intervals; late: within twenty; gone: longer ago, or it stopped
             * @enum {string}
             */
            health: "healthy" | "late" | "gone";
            slots: number;
            /** @description Jobs in hand as it said last */
            running: number;
            sub_workers: string[];
            /** @description Of jobs, that it takes; null: it does not say */
            kinds: string[] | null;
            capabilities: string[];
            /** @description What else it says */
            metadata: {
                [key: string]: unknown;
            };
        };
        Workers: {
            /** Format: date-time */
            at: string;
            workers: components["schemas"]["WorkerStatus"][];
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
            /** Format: uuid */
            run_id: string | null;
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
        LensDocument: {
            /** @enum {string} */
            kind: "text" | "image" | "video" | "research" | "pdf" | "transform" | "orchestration" | "validation" | "routing";
            template: string;
            system_prompt?: string;
            model_key?: string;
            max_tokens?: number;
            temperature?: number;
            input_contract?: {
                parameters?: {
                    [key: string]: {
                        type: string;
                        required?: boolean;
                        default?: unknown;
                        description?: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
                require_any_of?: string[][];
                strict?: boolean;
            };
            output_contract?: {
                kind?: string;
                artifact_kind?: string;
                output_type?: string;
                schema?: unknown;
            };
        };
        LensSummary: {
            /** Format: uuid */
            lens_id: string;
            /** @enum {string} */
            kind: "text" | "image" | "video" | "research" | "pdf" | "transform" | "orchestration" | "validation" | "routing";
            model: string | null;
            title: string;
            description: string;
            /** @enum {string} */
            visibility: "private" | "public";
            yours: boolean;
            tags: string[];
            /** Format: uuid */
            version_id: string;
            /** @description Of the version */
            number: number;
            note: string;
            /**
             * Format: date-time
             * @description Since when others see this version, where the whole is public
             */
            published_at: string | null;
            /** Format: uuid */
            forked_from_version_id: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this version was made
             */
            saved_at: string;
            /** Format: date-time */
            archived_at: string | null;
        };
        Lens: {
            /** Format: uuid */
            lens_id: string;
            /** @enum {string} */
            kind: "text" | "image" | "video" | "research" | "pdf" | "transform" | "orchestration" | "validation" | "routing";
            model: string | null;
            title: string;
            description: string;
            /** @enum {string} */
            visibility: "private" | "public";
            yours: boolean;
            tags: string[];
            /** Format: uuid */
            version_id: string;
            /** @description Of the version */
            number: number;
            note: string;
            /**
             * Format: date-time
             * @description Since when others see this version, where the whole is public
             */
            published_at: string | null;
            /** Format: uuid */
            forked_from_version_id: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this version was made
             */
            saved_at: string;
            /** Format: date-time */
            archived_at: string | null;
            document: components["schemas"]["LensDocument"];
        };
        Change: {
            /** @description JSON pointer; nodes are told by their ids, edges by what they join */
            path: string;
            /** @enum {string} */
            op: "added" | "removed" | "changed";
            from?: unknown;
            to?: unknown;
            /** @description Of a text of several lines */
            lines?: {
                /** @enum {string} */
                op: "same" | "removed" | "added";
                text: string;
            }[];
        };
        LensPage: {
            lenses: components["schemas"]["LensSummary"][];
            next_cursor: string | null;
        };
        LensVersions: {
            versions: {
                /** Format: uuid */
                version_id: string;
                number: number;
                note: string;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                published_at: string | null;
                /** @enum {string} */
                kind: "text" | "image" | "video" | "research" | "pdf" | "transform" | "orchestration" | "validation" | "routing";
                model: string | null;
            }[];
        };
        LensArchived: {
            /** Format: uuid */
            lens_id: string;
            /** @constant */
            archived: true;
        };
        Changes: {
            from: number;
            to: number;
            changes: components["schemas"]["Change"][];
        };
        CreateLens: {
            title: string;
            description?: string;
            /**
             * @description In place of those before
             * @example [
             *       "poetry",
             *       "lang:en"
             *     ]
             */
            tags?: string[];
            /** @description What this version changes */
            note?: string;
            /**
             * @description kind, template and what else docs/lenses.md lists
             * @example {
             *       "kind": "text",
             *       "template": "Write a haiku about [[topic]].",
             *       "model_key": "openai:gpt-5-mini"
             *     }
             */
            document: {
                [key: string]: unknown;
            };
        };
        SaveLens: {
            title?: string;
            description?: string;
            /**
             * @description public: anybody who is signed in sees, runs and forks what is published of it
             * @enum {string}
             */
            visibility?: "private" | "public";
            /**
             * @description In place of those before
             * @example [
             *       "poetry",
             *       "lang:en"
             *     ]
             */
            tags?: string[];
            /** @description What this version changes */
            note?: string;
            /**
             * @description kind, template and what else docs/lenses.md lists
             * @example {
             *       "kind": "text",
             *       "template": "Write a haiku about [[topic]].",
             *       "model_key": "openai:gpt-5-mini"
             *     }
             */
            document?: {
                [key: string]: unknown;
            };
        };
        StartRun: {
            /**
             * @default {}
             * @example {
             *       "topic": "the ocean"
             *     }
             */
            inputs?: {
                [key: string]: unknown;
            };
            /** @description As the header Idempotency-Key */
            idempotency_key?: string;
            /**
             * @description Keys of yours that pay for it, by provider
             * @example {
             *       "openai": "7b1f0e0a-5b5e-4d55-9d3c-1f3b7d2a9c10"
             *     }
             */
            byok_keys?: {
                [key: string]: string;
            };
            /**
             * @description Providers whose keys lie in a browser of yours: a page of yours asks them, and nobody else does
             * @example [
             *       "openai"
             *     ]
             */
            local_providers?: ("openai" | "anthropic" | "google" | "mistral" | "ollama" | "llama-swap" | "lmstudio" | "compatible")[];
            /** @description Nothing outside is touched: nodes that would have to be pinned */
            dry_run?: boolean;
            /** @description What the run and all it begins may cost */
            budget_usd?: number;
            priority?: number;
            /** @description Of the version; without it the latest */
            version?: number;
            /**
             * @description What nodes come to, given beforehand: they make no call
             * @example {
             *       "write": {
             *         "output": "A haiku"
             *       }
             *     }
             */
            pinned?: {
                [key: string]: {
                    /** @description What the node came to: text, or any JSON */
                    output?: unknown;
                    /** @description The same, whole: as a run shows it */
                    envelope?: {
                        kind: string;
                        /** @enum {string} */
                        artifact_kind: "text" | "image" | "audio" | "video" | "json";
                        output: string;
                    } & {
                        [key: string]: unknown;
                    };
                    error?: {
                        code: string;
                        message: string;
                    };
                    /** @description The ports that fire; without them output */
                    ports?: string[];
                };
            };
            max_in_flight?: number;
            /** @description It begins when you approve it */
            requires_approval?: boolean;
            /** @description Without a key: whether an identical run that is still active is this run. Without it true */
            single?: boolean;
        };
        StartLensRun: {
            /**
             * @default {}
             * @example {
             *       "topic": "the ocean"
             *     }
             */
            inputs?: {
                [key: string]: unknown;
            };
            /** @description As the header Idempotency-Key */
            idempotency_key?: string;
            /**
             * @description Keys of yours that pay for it, by provider
             * @example {
             *       "openai": "7b1f0e0a-5b5e-4d55-9d3c-1f3b7d2a9c10"
             *     }
             */
            byok_keys?: {
                [key: string]: string;
            };
            /**
             * @description Providers whose keys lie in a browser of yours: a page of yours asks them, and nobody else does
             * @example [
             *       "openai"
             *     ]
             */
            local_providers?: ("openai" | "anthropic" | "google" | "mistral" | "ollama" | "llama-swap" | "lmstudio" | "compatible")[];
            /** @description Nothing outside is touched: nodes that would have to be pinned */
            dry_run?: boolean;
            /** @description What the run and all it begins may cost */
            budget_usd?: number;
            priority?: number;
            /** @description Of the version; without it the latest */
            version?: number;
            /** @description Of the node that runs the lens, as in a workflow: routes, criteria, caps, retry, model_key */
            config?: {
                [key: string]: unknown;
            };
        };
        RetryRun: {
            /** @description Where to begin; without it at what failed */
            node_id?: string;
        };
        ForkRun: {
            /** @description It and all after it run again; what is before is taken over */
            node_id: string;
            /**
             * @description Of the run: over those it had
             * @example {
             *       "topic": "the ocean"
             *     }
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Of that node, by label: over what its edges bring
             * @example {
             *       "topic": "the ocean"
             *     }
             */
            node_inputs?: {
                [key: string]: unknown;
            };
        };
        ApproveRun: {
            approved: boolean;
            /** @default  */
            note?: string;
        };
        AnswerNode: {
            /**
             * @description Of an approval
             * @enum {string}
             */
            decision?: "approved" | "rejected";
            /** @description Goes on with the answer */
            data?: unknown;
        };
        AnswerWait: {
            /**
             * @description Of an approval
             * @enum {string}
             */
            decision?: "approved" | "rejected";
            /** @description Goes on with the answer */
            data?: unknown;
            /** @description Who answers, as they say */
            by?: string;
        };
        Envelope: {
            kind: string;
            /** @enum {string} */
            artifact_kind: "text" | "image" | "audio" | "video" | "json";
            /** @description What it made as text, perhaps empty */
            output: string;
            data?: unknown;
            media?: {
                url: string;
                mime?: string;
                width?: number;
                height?: number;
                duration_s?: number;
            };
            metadata?: {
                [key: string]: unknown;
            };
        };
        RunNode: {
            node_id: string;
            label: string;
            node_type: string;
            wave: number;
            /** @enum {string} */
            status: "awaiting_dependency" | "queued" | "running" | "waiting" | "completed" | "failed" | "timed_out" | "cancelled" | "skipped";
            /** @description Of a skipped node branch or upstream_failure; of a cancelled one cancelled, stopped or timed_out */
            reason: string | null;
            /** @description Those that fired */
            ports: string[] | null;
            error: ({
                code?: string;
                message?: string;
            } & {
                [key: string]: unknown;
            }) | null;
            attempts: number;
            model: string | null;
            simulated: boolean;
            /** @description Pinned, or taken over from the run this one was forked from */
            reused: boolean;
            input_tokens: number | null;
            output_tokens: number | null;
            cost_usd: number | null;
            latency_ms: number | null;
            wire_model: string | null;
            children_open: number;
            /** Format: date-time */
            queued_at: string | null;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            waits: {
                /** @enum {string} */
                for: "delay" | "approval" | "external" | "children";
                prompt: string | null;
                /** Format: date-time */
                expires_at: string;
                answered: boolean;
            } | null;
            output: components["schemas"]["Envelope"] | null;
            resolved_input: unknown;
        };
        RunEvent: {
            event_id: number;
            type: string;
            node_id: string | null;
            data: unknown;
            /** Format: date-time */
            created_at: string;
        };
        Turn: {
            round: number;
            member: string;
            model?: string | null;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description Empty: it is not over, or was lost */
            text: string;
            error?: {
                code: string;
                message: string;
                node_id?: string;
            } | null;
            cost_usd: number;
            /**
             * Format: uuid
             * @description The run of this turn alone
             */
            run_id: string;
            /** Format: date-time */
            started_at?: string | null;
            /** Format: date-time */
            finished_at?: string | null;
        };
        Team: {
            node_id: string;
            label: string;
            /** @enum {string} */
            status: "awaiting_dependency" | "queued" | "running" | "waiting" | "completed" | "failed" | "timed_out" | "cancelled" | "skipped";
            /** @enum {string} */
            mode: "turns" | "parallel";
            members: string[];
            /** @description The most it may have */
            rounds: number;
            /**
             * @description Why it ended; null: it has not, or it failed
             * @enum {string|null}
             */
            ended: "rounds" | "stop" | "agreed" | "budget" | null;
            turns: components["schemas"]["Turn"][];
            summary: ({
                text: string;
                /** Format: uuid */
                run_id: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description Of all turns, lost ones too */
            cost_usd: number;
        };
        Run: {
            /** Format: uuid */
            run_id: string;
            /** Format: uuid */
            root_run_id: string;
            /** Format: uuid */
            parent_run_id: string | null;
            parent_node_id: string | null;
            item_index: number | null;
            /**
             * Format: uuid
             * @description null: a lens alone, or the body of a loop
             */
            workflow_id: string | null;
            /** Format: uuid */
            version_id: string;
            title: string | null;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description An operator holds a battle that it is to answer in: nothing of it begins until the release */
            held: boolean;
            trigger_mode: string;
            /** Format: uuid */
            trigger_id: string | null;
            /** Format: date-time */
            scheduled_for: string | null;
            dry_run: boolean;
            inputs: {
                [key: string]: unknown;
            };
            variables: {
                [key: string]: unknown;
            };
            output: components["schemas"]["Envelope"] | null;
            error: {
                code: string;
                message: string;
                node_id?: string;
            } | null;
            nodes_open: number;
            budget_usd: number | null;
            /** @description Whose keys lie in a browser of its owner: a page of theirs asks them */
            local_providers: string[];
            /** @description What is counted under a budget, and set aside for calls in flight: its own, or its part of that of the battle it answers in */
            spending: {
                spent_usd: number;
                reserved_usd: number;
            };
            /** @description The battle that began it to answer there */
            contends: {
                /** Format: uuid */
                battle_id: string;
                slot: string;
                /** @description Its calls are counted in the budget of the battle */
                pays: boolean;
            } | null;
            /** Format: uuid */
            forked_from_run_id: string | null;
            forked_from_node_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** @description What it and all it began have cost so far, whoever pays, also where it failed */
            cost_usd: number;
            declared_inputs: {
                [key: string]: unknown;
            };
            nodes: components["schemas"]["RunNode"][];
            edges: {
                source: string;
                source_port: string;
                target: string;
                target_param_label: string;
                /** @enum {string|null} */
                outcome: "taken" | "not_taken" | "failed" | "settled" | null;
            }[];
            children: {
                /** Format: uuid */
                run_id: string;
                node_id: string;
                item_index: number | null;
                /** @enum {string} */
                status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            }[];
        };
        RunSummary: {
            /** Format: uuid */
            run_id: string;
            /** Format: uuid */
            root_run_id: string;
            /** Format: uuid */
            parent_run_id: string | null;
            parent_node_id: string | null;
            item_index: number | null;
            /**
             * Format: uuid
             * @description null: a lens alone, or the body of a loop
             */
            workflow_id: string | null;
            /** Format: uuid */
            version_id: string;
            title: string | null;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description An operator holds a battle that it is to answer in: nothing of it begins until the release */
            held: boolean;
            trigger_mode: string;
            /** Format: uuid */
            trigger_id: string | null;
            /** Format: date-time */
            scheduled_for: string | null;
            dry_run: boolean;
            inputs: {
                [key: string]: unknown;
            };
            variables: {
                [key: string]: unknown;
            };
            output: components["schemas"]["Envelope"] | null;
            error: {
                code: string;
                message: string;
                node_id?: string;
            } | null;
            nodes_open: number;
            budget_usd: number | null;
            /** @description Whose keys lie in a browser of its owner: a page of theirs asks them */
            local_providers: string[];
            /** @description What is counted under a budget, and set aside for calls in flight: its own, or its part of that of the battle it answers in */
            spending: {
                spent_usd: number;
                reserved_usd: number;
            };
            /** @description The battle that began it to answer there */
            contends: {
                /** Format: uuid */
                battle_id: string;
                slot: string;
                /** @description Its calls are counted in the budget of the battle */
                pays: boolean;
            } | null;
            /** Format: uuid */
            forked_from_run_id: string | null;
            forked_from_node_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
        };
        RunPage: {
            runs: components["schemas"]["RunSummary"][];
            next_cursor: string | null;
        };
        TeamTranscript: {
            /** Format: uuid */
            run_id: string;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            teams: components["schemas"]["Team"][];
        };
        RunStarted: {
            /** Format: uuid */
            run_id: string;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description false: it had begun before */
            created: boolean;
        };
        RunEventPage: {
            events: components["schemas"]["RunEvent"][];
            /** @description Where the next page begins: after */
            cursor: number;
            /** @description Ask again at once */
            more: boolean;
            /** @enum {string} */
            status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description The run is final and nothing follows */
            ended: boolean;
        };
        RunReplayed: {
            /** Format: uuid */
            run_id: string;
            /** @description The log says the same as the database */
            equal: boolean;
            differences: {
                node_id?: string;
                what: string;
                log?: unknown;
                rows?: unknown;
            }[];
            /** @description What no log of a sound run has */
            oddities: string[];
            events: number;
            state: {
                /** @enum {string} */
                status: "queued" | "pending_approval" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            } & {
                [key: string]: unknown;
            };
        };
        Wait: {
            /** @enum {string} */
            for: "approval" | "external";
            prompt: string | null;
            workflow: string | null;
            node: string;
            /** Format: date-time */
            expires_at: string;
            /** @enum {string} */
            state: "open" | "answered" | "ended" | "expired";
        };
        WaitAddress: {
            /** @enum {string} */
            for: "approval" | "external";
            prompt: string | null;
            workflow: string | null;
            node: string;
            /** Format: date-time */
            expires_at: string;
            /** @enum {string} */
            state: "open" | "answered" | "ended" | "expired";
            /** @description null: the key that made the token has been rotated; answer as its owner */
            url: string | null;
        };
        WaitAnswered: {
            /** @constant */
            answered: true;
        };
        WorkflowTemplateSummary: {
            slug: string;
            /** @description What it is for */
            task: string;
            title: string;
            description: string;
            /** @description Kinds of lenses in it, and node types it is about */
            kinds: string[];
            /** @description What of a workflow it shows */
            shows: string;
            /** @description The kinds of models it asks, which a fork may name */
            asks: string[];
        };
        WorkflowTemplates: {
            templates: components["schemas"]["WorkflowTemplateSummary"][];
        };
        WorkflowTemplate: {
            slug: string;
            /** @description What it is for */
            task: string;
            title: string;
            description: string;
            /** @description Kinds of lenses in it, and node types it is about */
            kinds: string[];
            /** @description What of a workflow it shows */
            shows: string;
            /** @description The kinds of models it asks, which a fork may name */
            asks: string[];
            /** @description In the format agon.workflow/v1; it names no model */
            document: {
                [key: string]: unknown;
            };
            /** @description Inputs that it runs with */
            samples: {
                [key: string]: unknown;
            }[];
        };
        Trigger: {
            /** Format: uuid */
            trigger_id: string;
            /** Format: uuid */
            workflow_id: string;
            /** Format: uuid */
            version_id: string | null;
            /** @enum {string} */
            kind: "schedule" | "webhook" | "battle_event" | "database_event" | "manual";
            title: string;
            enabled: boolean;
            /**
             * @description owner asked for it; ten starts in a row were refused; nothing is due any more (ended); its times cannot be computed (invalid)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "refused" | "ended" | "invalid" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Starts refused since the last that was not */
            consecutive_failures: number;
            inputs: {
                [key: string]: unknown;
            };
            config: {
                [key: string]: unknown;
            };
            byok_keys: {
                [key: string]: string;
            };
            budget_usd: number | null;
            requires_approval: boolean;
            /**
             * Format: date-time
             * @description Of a schedule
             */
            next_due_at: string | null;
            /** @description Due times of a schedule that wait for a run before them to end */
            queued: number;
            /** Format: date-time */
            last_fired_at: string | null;
            /**
             * Format: date-time
             * @description Of a webhook trigger whose secret was replaced a while ago
             */
            previous_secret_valid_until: string | null;
            /** @description Of a webhook trigger: where to post */
            url?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        TriggerMade: {
            /** Format: uuid */
            trigger_id: string;
            /** Format: uuid */
            workflow_id: string;
            /** Format: uuid */
            version_id: string | null;
            /** @enum {string} */
            kind: "schedule" | "webhook" | "battle_event" | "database_event" | "manual";
            title: string;
            enabled: boolean;
            /**
             * @description owner asked for it; ten starts in a row were refused; nothing is due any more (ended); its times cannot be computed (invalid)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "refused" | "ended" | "invalid" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Starts refused since the last that was not */
            consecutive_failures: number;
            inputs: {
                [key: string]: unknown;
            };
            config: {
                [key: string]: unknown;
            };
            byok_keys: {
                [key: string]: string;
            };
            budget_usd: number | null;
            requires_approval: boolean;
            /**
             * Format: date-time
             * @description Of a schedule
             */
            next_due_at: string | null;
            /** @description Due times of a schedule that wait for a run before them to end */
            queued: number;
            /** Format: date-time */
            last_fired_at: string | null;
            /**
             * Format: date-time
             * @description Of a webhook trigger whose secret was replaced a while ago
             */
            previous_secret_valid_until: string | null;
            /** @description Of a webhook trigger: where to post */
            url?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Shown this once */
            secret?: string;
        };
        TriggerWithSecret: {
            /** Format: uuid */
            trigger_id: string;
            /** Format: uuid */
            workflow_id: string;
            /** Format: uuid */
            version_id: string | null;
            /** @enum {string} */
            kind: "schedule" | "webhook" | "battle_event" | "database_event" | "manual";
            title: string;
            enabled: boolean;
            /**
             * @description owner asked for it; ten starts in a row were refused; nothing is due any more (ended); its times cannot be computed (invalid)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "refused" | "ended" | "invalid" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Starts refused since the last that was not */
            consecutive_failures: number;
            inputs: {
                [key: string]: unknown;
            };
            config: {
                [key: string]: unknown;
            };
            byok_keys: {
                [key: string]: string;
            };
            budget_usd: number | null;
            requires_approval: boolean;
            /**
             * Format: date-time
             * @description Of a schedule
             */
            next_due_at: string | null;
            /** @description Due times of a schedule that wait for a run before them to end */
            queued: number;
            /** Format: date-time */
            last_fired_at: string | null;
            /**
             * Format: date-time
             * @description Of a webhook trigger whose secret was replaced a while ago
             */
            previous_secret_valid_until: string | null;
            /** @description Of a webhook trigger: where to post */
            url?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Shown this once */
            secret: string;
        };
        TriggerWithDues: {
            /** Format: uuid */
            trigger_id: string;
            /** Format: uuid */
            workflow_id: string;
            /** Format: uuid */
            version_id: string | null;
            /** @enum {string} */
            kind: "schedule" | "webhook" | "battle_event" | "database_event" | "manual";
            title: string;
            enabled: boolean;
            /**
             * @description owner asked for it; ten starts in a row were refused; nothing is due any more (ended); its times cannot be computed (invalid)
             * @enum {string|null}
             */
            disabled_reason: "owner" | "refused" | "ended" | "invalid" | null;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description Starts refused since the last that was not */
            consecutive_failures: number;
            inputs: {
                [key: string]: unknown;
            };
            config: {
                [key: string]: unknown;
            };
            byok_keys: {
                [key: string]: string;
            };
            budget_usd: number | null;
            requires_approval: boolean;
            /**
             * Format: date-time
             * @description Of a schedule
             */
            next_due_at: string | null;
            /** @description Due times of a schedule that wait for a run before them to end */
            queued: number;
            /** Format: date-time */
            last_fired_at: string | null;
            /**
             * Format: date-time
             * @description Of a webhook trigger whose secret was replaced a while ago
             */
            previous_secret_valid_until: string | null;
            /** @description Of a webhook trigger: where to post */
            url?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            next_dues: string[];
        };
        Triggers: {
            triggers: components["schemas"]["Trigger"][];
        };
        TriggerRemoved: {
            /** Format: uuid */
            trigger_id: string;
            /** @constant */
            removed: true;
        };
        TriggerFired: {
            /** Format: uuid */
            run_id: string;
            status: string;
            /** @description false: this message, or the same start, had begun it before */
            created: boolean;
        };
        TriggerFiringPage: {
            firings: {
                firing_id: number;
                /** @enum {string} */
                outcome: "pending" | "started" | "skipped" | "missed" | "refused";
                /** Format: date-time */
                due_at: string | null;
                event_key: string | null;
                /** Format: uuid */
                run_id: string | null;
                /** @description An error code */
                refused: string | null;
                message: string | null;
                /** Format: date-time */
                created_at: string;
            }[];
            next_cursor: number | null;
        };
        SchedulePreview: {
            timezone: string;
            dues: {
                /** Format: date-time */
                due_at: string;
                /** @description As people there write it */
                local: string;
            }[];
        };
        HookAnswer: {
            /** Format: uuid */
            run_id: string;
            status: string;
            /** @description false: this message, or the same start, had begun it before */
            created: boolean;
            output?: unknown;
            error?: unknown;
        };
        WorkflowDocument: {
            /** @constant */
            format: "agon.workflow/v1";
            title: string;
            description?: string;
            /** @enum {string} */
            scheduling: "waves" | "eager";
            max_in_flight: number;
            timeout_ms?: number;
            budget_usd?: number;
            inputs: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
            nodes: {
                [key: string]: unknown;
            }[];
            edges: {
                [key: string]: unknown;
            }[];
            output?: string;
        };
        WorkflowProblem: {
            code: string;
            /**
             * @description An error keeps it from being saved
             * @enum {string}
             */
            severity: "error" | "warning";
            node_id?: string;
            /** @description Its place in edges */
            edge?: number;
            /** @description JSON pointer into the document */
            path?: string;
            message: string;
            remedy: string;
        };
        Workflow: {
            /** Format: uuid */
            workflow_id: string;
            title: string;
            description: string;
            /** @enum {string} */
            visibility: "private" | "public";
            yours: boolean;
            tags: string[];
            /** Format: uuid */
            version_id: string;
            /** @description Of the version */
            number: number;
            note: string;
            /**
             * Format: date-time
             * @description Since when others see this version, where the whole is public
             */
            published_at: string | null;
            /** Format: uuid */
            forked_from_version_id: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this version was made
             */
            saved_at: string;
            /** Format: date-time */
            archived_at: string | null;
            /** @description How many */
            nodes: number;
            /** @description What a worker must be able to do that functions cannot */
            capabilities: string[];
            /** @description What one run is expected to cost at most, of the nodes whose price is known */
            cost_estimate_usd: number | null;
            document: components["schemas"]["WorkflowDocument"];
            /** @description Of a document that was just saved */
            warnings: components["schemas"]["WorkflowProblem"][];
        };
        WorkflowSummary: {
            /** Format: uuid */
            workflow_id: string;
            title: string;
            description: string;
            /** @enum {string} */
            visibility: "private" | "public";
            yours: boolean;
            tags: string[];
            /** Format: uuid */
            version_id: string;
            /** @description Of the version */
            number: number;
            note: string;
            /**
             * Format: date-time
             * @description Since when others see this version, where the whole is public
             */
            published_at: string | null;
            /** Format: uuid */
            forked_from_version_id: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this version was made
             */
            saved_at: string;
            /** Format: date-time */
            archived_at: string | null;
            /** @description How many */
            nodes: number;
            /** @description What a worker must be able to do that functions cannot */
            capabilities: string[];
            /** @description What one run is expected to cost at most, of the nodes whose price is known */
            cost_estimate_usd: number | null;
        };
        WorkflowPage: {
            workflows: components["schemas"]["WorkflowSummary"][];
            next_cursor: string | null;
        };
        WorkflowVersions: {
            versions: {
                /** Format: uuid */
                version_id: string;
                number: number;
                note: string;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                published_at: string | null;
                nodes: number;
            }[];
        };
        WorkflowArchived: {
            /** Format: uuid */
            workflow_id: string;
            /** @constant */
            archived: true;
        };
        WorkflowValidation: {
            valid: boolean;
            problems: components["schemas"]["WorkflowProblem"][];
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
        Work: {
            duration_ms: number;
            exit_code: number | null;
            tokens_per_second: number | null;
            commit: string;
            /** @description How many files differ */
            files: number;
            diff_cut: boolean;
            output_cut: boolean;
            checks: {
                name: string;
                weight: number;
                passed: boolean;
                exit_code: number | null;
                duration_ms: number;
                /** @description The end of what it said */
                output: string;
            }[];
        };
        Event: {
            event_id: number;
            type: string;
            data: unknown;
            /** Format: date-time */
            created_at: string;
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
            scoring_mode: "ai_judge" | "community" | "hybrid" | "checks";
            /** @description You do not see who the contenders are until the battle is closed */
            blind: boolean;
            /** @description Whether others than the owner see how it ended */
            results_published: boolean;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            /** @description The first of the judges; null where votes alone decide */
            judge: {
                model: string;
                simulated: boolean;
            } | null;
            /** @description What the owner said of how it should have ended; outcome and ratings are as they were */
            override: {
                winner_slot: string | null;
                note: string;
                /** Format: uuid */
                author_id: string;
                /** Format: date-time */
                created_at: string;
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
            judges: {
                seat: number;
                model: string;
                simulated: boolean;
                weight: number;
            }[];
            contenders: {
                slot: string;
                /**
                 * @description null while the battle is blind
                 * @enum {string|null}
                 */
                contender_type: "ai_model" | "ai_agent" | "human" | "command" | "workflow" | null;
                /** @description null for a person, and while the battle is blind */
                model: string | null;
                identity: string;
                /** @description Answered by a stand-in, not by the model it names; while the battle is blind, whether any contender is */
                simulated: boolean;
                /** @description Answered by a page of the owner, whose word it is and which is not rated; while the battle is blind, whether any contender is */
                in_browser: boolean;
                /** @enum {string} */
                status: "pending" | "submitted" | "failed" | "timed_out" | "withdrawn" | "cancelled";
            }[];
        };
        Judge: {
            seat: number;
            model: string;
            simulated: boolean;
            weight: number;
            /**
             * @description null while the battle is blind, where a recusal would tell whose family contends
             * @enum {string|null}
             */
            status: "pending" | "judged" | "abstained" | "recused" | "failed" | null;
            error: {
                code: string;
                message: string;
            } | null;
            job: components["schemas"]["Job"] | null;
            funding: components["schemas"]["Funding"] | null;
        };
        Contender: {
            slot: string;
            /**
             * @description null while the battle is blind
             * @enum {string|null}
             */
            contender_type: "ai_model" | "ai_agent" | "human" | "command" | "workflow" | null;
            /** @description null for a person, and while the battle is blind */
            model: string | null;
            identity: string;
            /** @description Answered by a stand-in, not by the model it names; while the battle is blind, whether any contender is */
            simulated: boolean;
            /** @description Answered by a page of the owner, whose word it is and which is not rated; while the battle is blind, whether any contender is */
            in_browser: boolean;
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
            funding: components["schemas"]["Funding"] | null;
            /** @description Of a workflow, for the battle’s owner, while it is not blind */
            workflow: {
                /**
                 * Format: uuid
                 * @description The version that answers; null where the slot is left to the run that made the battle
                 */
                version_id: string | null;
                inputs: {
                    [key: string]: unknown;
                } | null;
                /** @description Keys of the owner that pay for the run, by provider */
                byok_keys: {
                    [key: string]: string;
                };
                /**
                 * Format: uuid
                 * @description The run that answers, once it has begun
                 */
                run_id: string | null;
                /** @description The node the slot is left to */
                node_id: string | null;
                /** @description What the run and all it began have cost so far, also where it failed; null of a slot */
                cost_usd: number | null;
            } | null;
            job: components["schemas"]["Job"] | null;
            submission: {
                content_text: string | null;
                /** @description Where an image, a recording or a film can be seen or heard */
                content_url: string | null;
                mime_type: string | null;
                /** @enum {string} */
                output_modality: "text" | "image" | "audio" | "video";
                /** @description Pictures out of a film, as its judges see it */
                keyframes: {
                    url: string;
                    at_ms: number;
                }[] | null;
                /** @description The provider’s task, while it works on it */
                artifact_id: string | null;
                is_final: boolean;
                wire_model: string | null;
                finish_reason: string | null;
                input_tokens: number | null;
                output_tokens: number | null;
                cost_usd: number | null;
                latency_ms: number | null;
                /** @description What a command changed in its worktree */
                diff: string | null;
                /** @description How a command went about it; null for any other */
                work: components["schemas"]["Work"] | null;
            } | null;
            /** @description Mean judge score, 0 to 10 */
            judge_mean: number | null;
            /** @description null until the battle is closed */
            votes: number | null;
            /** @description What they weigh: as many, unless vote_weighting is reliability */
            vote_weight: number | null;
            /** @description Of the weight of all votes that count, those for tie and both_bad too */
            vote_share: number | null;
            /** @description Of a command: the weighted share of the checks that passed */
            checks_share: number | null;
            /** @description What decides, 0 to 1, as scoring_mode makes it; with a judge alone its verdicts decide */
            score: number | null;
            rating: {
                before: number;
                after: number;
            } | null;
        };
        Verdict: {
            judge_seat: number;
            judge_model: string;
            /** @description all answers, a pair such as A-B, or criterion:1 */
            part: string;
            /** @description Of its criterion beside the others; else 1 */
            weight: number;
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
        /** @description The call in which a judge wrote the rubric; null where none did */
        RubricCall: {
            judge_seat: number;
            judge_model: string;
            system_prompt: string;
            /** @description Shown to the owner alone */
            prompt: string | null;
            raw_text: string;
            input_tokens: number | null;
            output_tokens: number | null;
            cost_usd: number | null;
            latency_ms: number | null;
        } | null;
        Battle: {
            /** Format: uuid */
            battle_id: string;
            /** @enum {string} */
            status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
            battle_type: string;
            category: string | null;
            title: string;
            /** @enum {string} */
            scoring_mode: "ai_judge" | "community" | "hybrid" | "checks";
            /** @description You do not see who the contenders are until the battle is closed */
            blind: boolean;
            /** @description Whether others than the owner see how it ended */
            results_published: boolean;
            /** @enum {string|null} */
            outcome: "winner" | "draw" | "walkover" | "no_verdict" | null;
            /** @enum {string|null} */
            judge_outcome: "winner" | "tie" | "both_bad" | "inconsistent" | "abstain" | null;
            winner_slot: string | null;
            /** @description The first of the judges; null where votes alone decide */
            judge: {
                model: string;
                simulated: boolean;
            } | null;
            /** @description What the owner said of how it should have ended; outcome and ratings are as they were */
            override: {
                winner_slot: string | null;
                note: string;
                /** Format: uuid */
                author_id: string;
                /** Format: date-time */
                created_at: string;
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
            judges: components["schemas"]["Judge"][];
            /** @enum {string} */
            judge_mode: "listwise" | "pairwise" | "rubric";
            allow_own_family: boolean;
            auto_analyse: boolean;
            task_prompt: string;
            /** @description Of a coding battle; commit: where every contender began */
            repository: {
                source: string;
                ref: string;
                commit?: string;
            } | null;
            checks: string[];
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
            /** @description Shown to the owner alone */
            budget: {
                limit_usd: number;
                spent_usd: number;
                reserved_usd: number;
            } | null;
            judge_funding: components["schemas"]["Funding"] | null;
            rubric: {
                title: string;
                description?: string;
                weight?: number;
            }[] | null;
            reference_answer: string | null;
            priority: number;
            submission_window_ms: number | null;
            /**
             * @description Who may vote
             * @enum {string}
             */
            voter_eligibility: "anyone" | "confirmed_email" | "account_age" | "invited";
            min_account_age_ms: number | null;
            /**
             * @description What a vote weighs: one, or by its voter’s record
             * @enum {string}
             */
            vote_weighting: "equal" | "reliability";
            /** @description For the owner alone */
            invited_voters: string[] | null;
            /** @description Stopped by an operator; no deadline passes until it is released */
            held: boolean;
            hold_reason: string | null;
            your_slot: string | null;
            your_vote: string | null;
            /** @description null until the battle is closed */
            votes: {
                given: number;
                held: number;
                rejected: number;
                tie: number;
                both_bad: number;
                /** @description Of all votes that count */
                weight: number;
            } | null;
            contenders: components["schemas"]["Contender"][];
            /** @description The job of the first judge */
            judging: components["schemas"]["Job"] | null;
            verdicts: components["schemas"]["Verdict"][];
            rubric_call: components["schemas"]["RubricCall"];
            events: components["schemas"]["Event"][];
        };
        BattlePage: {
            battles: components["schemas"]["BattleSummary"][];
            next_cursor: string | null;
        };
        EventPage: {
            events: components["schemas"]["Event"][];
            /** @description Where the next page begins: after */
            cursor: number;
            /** @description Ask again at once */
            more: boolean;
            /** @enum {string} */
            status: "draft" | "published" | "executing" | "voting" | "scoring" | "closed" | "cancelled" | "void";
            /** @description The battle is final and nothing follows */
            ended: boolean;
        };
        Models: {
            models: {
                key: string;
                provider: string;
                kind: string;
                tier?: string;
                simulated: boolean;
                /** @description Looks at images, so it can judge them, and films */
                vision: boolean;
                /** @description The day its maker announced to shut it down, as YYYY-MM-DD */
                retired_on?: string;
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
                /** @description Of a document or a contract: the rule that is broken */
                code?: string;
                /** @enum {string} */
                severity?: "error" | "warning";
                node_id?: string;
                /** @description Its place in edges */
                edge?: number;
                remedy?: string;
            }[];
        };
        VoteDecision: {
            /**
             * @description Who decides, for the record
             * @default operator
             */
            by?: string;
            /**
             * @description Why, for the record; without one the reason it was held for stays
             * @default
             */
            note?: string;
        };
        VoterDecision: {
            /** Format: uuid */
            voter_id: string;
            /** Format: uuid */
            battle_id?: string;
            /**
             * @description Why they were held
             * @example same_source
             */
            reason?: string;
            /**
             * @description more in the answer says whether to ask again
             * @default 200
             */
            limit?: number;
            /**
             * @description Who decides, for the record
             * @default operator
             */
            by?: string;
            /**
             * @description Why, for the record; without one the reason it was held for stays
             * @default
             */
            note?: string;
        };
        HeartbeatLocalNode: {
            /** @description As the claim told it */
            lease_token: number;
            /** @description The text so far, from which another page would go on, and what is new of it */
            progress?: {
                checkpoint: {
                    chunks: number;
                    elapsed_ms: number;
                    input_tokens?: number | null;
                    output_tokens?: number | null;
                    cursor?: {
                        [key: string]: unknown;
                    };
                    text: string;
                } & {
                    [key: string]: unknown;
                };
                delta: {
                    offset: number;
                    text: string;
                };
            };
        };
        CompleteLocalNode: {
            /** @description As the claim told it */
            lease_token: number;
            /** @description What the node came to; any other field is passed by */
            result: {
                envelope: {
                    kind: string;
                    /** @enum {string} */
                    artifact_kind: "text" | "json";
                    output: string;
                    data?: unknown;
                    media?: unknown;
                    metadata?: {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
                /** @description The ports that fire */
                ports: string[];
                resolved_input?: {
                    [key: string]: unknown;
                };
                wire_model: string | null;
                input_tokens: number | null;
                output_tokens: number | null;
                cost_usd: number | null;
                latency_ms: number;
                /**
                 * @description What happened besides, for the run’s log
                 * @default []
                 */
                notes?: {
                    /** @enum {string} */
                    type: "contract.violated" | "node.log";
                    data: {
                        [key: string]: unknown;
                    };
                }[];
            } & {
                [key: string]: unknown;
            };
        };
        FailLocalNode: {
            /** @description As the claim told it */
            lease_token: number;
            error: {
                /**
                 * @description As GET /errors lists them
                 * @enum {string}
                 */
                code: "provider_rate_limited" | "provider_unavailable" | "provider_timeout" | "provider_malformed" | "provider_rejected" | "provider_auth" | "provider_task_failed" | "provider_task_gone" | "content_refused" | "provider_key_missing" | "model_unknown" | "adapter_missing" | "handicap_violated" | "template_invalid" | "deadline_exceeded" | "media_unavailable" | "media_expired" | "media_refused" | "media_unreadable" | "media_target_invalid" | "media_tools_timeout" | "model_retired" | "storage_unavailable" | "storage_refused" | "bridge_auth" | "bridge_unconfigured" | "bridge_timeout" | "coding_backends_missing" | "lease_lost" | "internal" | "lens_invalid" | "workflow_invalid" | "input_contract_violation" | "output_contract_violation" | "node_timeout" | "upstream_failure" | "moderation_blocked" | "moderation_unavailable" | "context_too_large" | "capability_missing" | "model_missing" | "depth_exceeded" | "run_is_child" | "node_not_found" | "pin_required" | "run_state" | "wait_answered" | "wait_expired" | "wait_unknown" | "approval_rejected" | "child_failed" | "no_team" | "node_unknown" | "node_config" | "expression_invalid" | "side_effect_refused" | "schedule_invalid" | "schedule_never_due" | "trigger_limit" | "trigger_kind" | "trigger_depth" | "hook_refused" | "inputs_missing" | "outbound_refused" | "outbound_unreachable" | "outbound_timeout" | "webhook_rejected" | "webhook_gone" | "webhook_disabled" | "delivery_state" | "webhook_limit" | "credential_missing" | "credential_invalid" | "receiver_rate_limited" | "receiver_unavailable" | "receiver_rejected" | "mail_port_closed" | "mail_unavailable" | "mail_rejected" | "file_refused" | "file_not_found" | "unsupported_characters" | "document_too_long" | "code_failed" | "code_limit" | "rpc_not_allowed" | "rpc_failed" | "byok_key_not_found" | "byok_key_expired" | "byok_key_revoked" | "byok_key_limit" | "sealing_key_missing" | "sealed_unreadable" | "budget_spent" | "price_unknown" | "reply_unparseable" | "judge_cannot_see" | "duplicate_judge" | "analysis_limit" | "judge_recused" | "judge_weight_unlearned" | "verdict_unparseable" | "slot_unknown" | "slot_taken" | "workflow_unpublished" | "workflow_takes_no_task" | "slot_unanswered" | "contender_count" | "mixed_kinds" | "duplicate_contender" | "battle_state" | "battle_held" | "no_open_seat" | "not_contending" | "submissions_ended" | "submission_final" | "not_voting" | "not_eligible" | "vote_rate" | "accounts_unknown" | "own_battle" | "is_contender" | "unknown_choice" | "backend_failed" | "backend_unavailable" | "workspace_unavailable" | "backend_misused" | "local_driver_missing" | "local_execution_unsupported" | "repository_unavailable" | "ref_unknown" | "invalid_request" | "invalid_json" | "unsupported_media_type" | "callback_refused" | "idempotency_conflict" | "unauthenticated" | "forbidden" | "not_found" | "method_not_allowed" | "rate_limited" | "payload_too_large" | "no_such_switch" | "store_refused" | "store_unavailable";
                message: string;
                cost_usd?: number;
            };
            /** @description When to try again; null: never */
            backoff_ms: number | null;
            /**
             * @description What happened besides, for the run’s log
             * @default []
             */
            notes?: {
                /** @enum {string} */
                type: "contract.violated" | "node.log";
                data: {
                    [key: string]: unknown;
                };
            }[];
        };
        Redrive: {
            /**
             * @description Without one those of battles and runs; a webhook’s deliveries are sent again only by this name
             * @enum {string}
             */
            kind?: "battle_job" | "async_execution" | "bridge_execution" | "battle_judging" | "battle_analysis" | "battle_keyframes" | "coding_job" | "local_execution" | "workflow_contender" | "workflow_node" | "team_run" | "lens_run" | "workflow_media" | "workflow_tool" | "workflow_program" | "local_node" | "webhook_delivery";
            /**
             * @description As GET /errors lists them
             * @example provider_auth
             */
            error_code?: string;
            /** Format: uuid */
            battle_id?: string;
            /**
             * Format: uuid
             * @description Of a workflow’s run
             */
            run_id?: string;
            /**
             * Format: date-time
             * @description Given up at this time or later
             * @example 2026-11-20T03:00:00Z
             */
            since?: string;
            /** @default 100 */
            limit?: number;
            /** @description next_after of the answer before */
            after?: number;
        };
        Switch: {
            /**
             * @description A provider by its id; without one, the whole system
             * @example openai
             */
            provider?: string;
            /**
             * @description Shown to whoever looks next
             * @default
             */
            reason?: string;
        };
        Hold: {
            /**
             * @description Shown to whoever looks next
             * @default
             */
            reason?: string;
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
        StartTeamRun: {
            /** @description What to work on: text, and no template */
            task: string;
            title?: string;
            /**
             * @example [
             *       {
             *         "name": "Ada",
             *         "model_key": "openai:gpt-5-mini"
             *       },
             *       {
             *         "name": "Bo",
             *         "model_key": "anthropic:claude-haiku-4-5"
             *       }
             *     ]
             */
            members: {
                name: string;
                system_prompt?: string;
                /** @description provider:model; without it the default for text */
                model_key?: string;
                max_tokens?: number;
                temperature?: number;
            }[];
            /** @enum {string} */
            mode?: "turns" | "parallel";
            rounds?: number;
            /** @description A phrase that ends the team when a last line is that alone, or {agreed: true} */
            stop_when?: string | {
                /** @constant */
                agreed: true;
            };
            /** @description One more call, that makes one answer of what was said */
            summary?: {
                instructions?: string;
                /** @description provider:model; without it the default for text */
                model_key?: string;
                max_tokens?: number;
                temperature?: number;
            };
            /** @description Of the node that runs the team, as in a workflow: retry (of its turns), timeout_ms, moderation */
            config?: {
                [key: string]: unknown;
            };
            /** @description As the header Idempotency-Key */
            idempotency_key?: string;
            /**
             * @description Keys of yours that pay for it, by provider
             * @example {
             *       "openai": "7b1f0e0a-5b5e-4d55-9d3c-1f3b7d2a9c10"
             *     }
             */
            byok_keys?: {
                [key: string]: string;
            };
            /**
             * @description Providers whose keys lie in a browser of yours: a page of yours asks them, and nobody else does
             * @example [
             *       "openai"
             *     ]
             */
            local_providers?: ("openai" | "anthropic" | "google" | "mistral" | "ollama" | "llama-swap" | "lmstudio" | "compatible")[];
            /** @description Nothing outside is touched: nodes that would have to be pinned */
            dry_run?: boolean;
            /** @description What the run and all it begins may cost */
            budget_usd?: number;
            priority?: number;
        };
        ForkTemplate: {
            title?: string;
            /**
             * @description Which models its nodes ask: by kind (text, image, video), or by the id of a node. Without them, the defaults of the project
             * @default {}
             * @example {
             *       "text": "openai:gpt-5-mini",
             *       "backup": "anthropic:claude-haiku-4-5"
             *     }
             */
            models?: {
                [key: string]: string;
            };
        };
        ScheduleConfig: {
            /**
             * @description Five fields: minute hour day-of-month month day-of-week
             * @example 0 9 * * 1-5
             */
            cron_expr: string;
            /**
             * @description An IANA time zone
             * @default UTC
             * @example Europe/Berlin
             */
            timezone?: string;
            calendar?: {
                /**
                 * @description Whether these days are left out, or are the only ones
                 * @enum {string}
                 */
                mode: "skip" | "only";
                /** @default [] */
                dates?: string[];
                /** @default [] */
                weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
            };
            /**
             * Format: date-time
             * @description Nothing is due before
             */
            start_at?: string;
            /**
             * Format: date-time
             * @description Nothing is due after
             */
            end_at?: string;
            /**
             * @description What becomes of due times that nothing dispatched in time: none, the latest, or the latest missed_limit of them run
             * @default skip
             * @enum {string}
             */
            missed?: "skip" | "run_once" | "run_all";
            /** @default 10 */
            missed_limit?: number;
            /**
             * @description From when on a due time is missed
             * @default 300000
             */
            missed_after_ms?: number;
            /**
             * @description What a due time does while max_concurrent runs of this schedule have not ended
             * @default skip
             * @enum {string}
             */
            overlap?: "parallel" | "skip" | "queue" | "cancel_previous";
            /** @description Default: 1, and without a bound for parallel */
            max_concurrent?: number;
            /** @default 10 */
            max_queued?: number;
            /**
             * @description The input that what happened becomes
             * @default scheduled_for
             */
            input_label?: string;
        };
        WebhookTriggerConfig: {
            /**
             * @description bearer: the secret is sent with every request; hmac: requests are signed with it, as Standard Webhooks says
             * @default bearer
             * @enum {string}
             */
            auth?: "bearer" | "hmac";
            /** @description Where in the body the inputs are; without it the body is the inputs */
            input_path?: string;
            /**
             * @description The input that what is found there becomes when it is no object
             * @default body
             */
            input_label?: string;
        };
        BattleEventConfig: {
            types: string[];
            /**
             * Format: uuid
             * @description Of this battle; without it of all of yours
             */
            battle_id?: string;
            /**
             * @description What the event must contain, as {"outcome": "winner"}
             * @example {
             *       "outcome": "winner"
             *     }
             */
            filter?: {
                [key: string]: unknown;
            };
            max_per_minute?: number;
            /**
             * @description The input that what happened becomes
             * @default event
             */
            input_label?: string;
        };
        DatabaseEventConfig: {
            /** @description The columns that are handed on; without it all */
            columns?: string[];
            /**
             * @description Changes beyond are skipped, and the firings say so
             * @default 60
             */
            max_per_minute?: number;
            /**
             * @description The input that what happened becomes
             * @default change
             */
            input_label?: string;
        };
        ManualTriggerConfig: Record<string, never>;
        CreateTrigger: {
            /** Format: uuid */
            workflow_id: string;
            /** @default  */
            title?: string;
            /**
             * Format: uuid
             * @description Without it the latest version; of another’s workflow the latest that is published
             */
            version_id?: string;
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Your provider keys that pay, by provider
             * @default {}
             */
            byok_keys?: {
                [key: string]: string;
            };
            /** @description What one run may spend */
            budget_usd?: number;
            /**
             * @description Its runs wait until you approve them
             * @default false
             */
            requires_approval?: boolean;
            /** @default true */
            enabled?: boolean;
            /** @constant */
            kind: "schedule";
            config: components["schemas"]["ScheduleConfig"];
        } | {
            /** Format: uuid */
            workflow_id: string;
            /** @default  */
            title?: string;
            /**
             * Format: uuid
             * @description Without it the latest version; of another’s workflow the latest that is published
             */
            version_id?: string;
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Your provider keys that pay, by provider
             * @default {}
             */
            byok_keys?: {
                [key: string]: string;
            };
            /** @description What one run may spend */
            budget_usd?: number;
            /**
             * @description Its runs wait until you approve them
             * @default false
             */
            requires_approval?: boolean;
            /** @default true */
            enabled?: boolean;
            /** @constant */
            kind: "webhook";
            /** @default {} */
            config?: components["schemas"]["WebhookTriggerConfig"];
        } | {
            /** Format: uuid */
            workflow_id: string;
            /** @default  */
            title?: string;
            /**
             * Format: uuid
             * @description Without it the latest version; of another’s workflow the latest that is published
             */
            version_id?: string;
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Your provider keys that pay, by provider
             * @default {}
             */
            byok_keys?: {
                [key: string]: string;
            };
            /** @description What one run may spend */
            budget_usd?: number;
            /**
             * @description Its runs wait until you approve them
             * @default false
             */
            requires_approval?: boolean;
            /** @default true */
            enabled?: boolean;
            /** @constant */
            kind: "battle_event";
            config: components["schemas"]["BattleEventConfig"];
        } | {
            /** Format: uuid */
            workflow_id: string;
            /** @default  */
            title?: string;
            /**
             * Format: uuid
             * @description Without it the latest version; of another’s workflow the latest that is published
             */
            version_id?: string;
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Your provider keys that pay, by provider
             * @default {}
             */
            byok_keys?: {
                [key: string]: string;
            };
            /** @description What one run may spend */
            budget_usd?: number;
            /**
             * @description Its runs wait until you approve them
             * @default false
             */
            requires_approval?: boolean;
            /** @default true */
            enabled?: boolean;
            /** @constant */
            kind: "database_event";
            /** @default {} */
            config?: components["schemas"]["DatabaseEventConfig"];
        } | {
            /** Format: uuid */
            workflow_id: string;
            /** @default  */
            title?: string;
            /**
             * Format: uuid
             * @description Without it the latest version; of another’s workflow the latest that is published
             */
            version_id?: string;
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description Your provider keys that pay, by provider
             * @default {}
             */
            byok_keys?: {
                [key: string]: string;
            };
            /** @description What one run may spend */
            budget_usd?: number;
            /**
             * @description Its runs wait until you approve them
             * @default false
             */
            requires_approval?: boolean;
            /** @default true */
            enabled?: boolean;
            /** @constant */
            kind: "manual";
            /** @default {} */
            config?: components["schemas"]["ManualTriggerConfig"];
        };
        UpdateTrigger: {
            title?: string;
            /**
             * Format: uuid
             * @description null: the latest
             */
            version_id?: string | null;
            /** @description Inputs of every run; what happened is added to them */
            inputs?: {
                [key: string]: unknown;
            };
            /** @description Whole, as its kind has it: a field left out has its default */
            config?: {
                [key: string]: unknown;
            };
            /** @description Your provider keys that pay, by provider */
            byok_keys?: {
                [key: string]: string;
            };
            budget_usd?: number | null;
            requires_approval?: boolean;
            /** @description true forgives what was refused before */
            enabled?: boolean;
        };
        FireTrigger: {
            /**
             * @description Inputs of every run; what happened is added to them
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
        };
        PreviewSchedule: {
            /**
             * @description Five fields: minute hour day-of-month month day-of-week
             * @example 0 9 * * 1-5
             */
            cron_expr: string;
            /**
             * @description An IANA time zone
             * @default UTC
             * @example Europe/Berlin
             */
            timezone?: string;
            calendar?: {
                /**
                 * @description Whether these days are left out, or are the only ones
                 * @enum {string}
                 */
                mode: "skip" | "only";
                /** @default [] */
                dates?: string[];
                /** @default [] */
                weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
            };
            /**
             * Format: date-time
             * @description Nothing is due before
             */
            start_at?: string;
            /**
             * Format: date-time
             * @description Nothing is due after
             */
            end_at?: string;
            /**
             * Format: date-time
             * @description Instead of now
             */
            from?: string;
            /** @default 10 */
            count?: number;
        };
        CreateWorkflow: {
            /**
             * @description A workflow in the format agon.workflow/v1: see docs/workflows.md
             * @example {
             *       "format": "agon.workflow/v1",
             *       "title": "A haiku",
             *       "inputs": {
             *         "topic": {
             *           "type": "string"
             *         }
             *       },
             *       "nodes": [
             *         {
             *           "id": "write",
             *           "type": "lens",
             *           "lens": {
             *             "kind": "text",
             *             "template": "A haiku about [[topic]].",
             *             "model_key": "openai:gpt-5-mini"
             *           }
             *         }
             *       ]
             *     }
             */
            document: {
                [key: string]: unknown;
            };
            /**
             * @description In place of those before
             * @example [
             *       "poetry",
             *       "lang:en"
             *     ]
             */
            tags?: string[];
            /** @description What this version changes */
            note?: string;
        };
        SaveWorkflow: {
            /**
             * @description A workflow in the format agon.workflow/v1: see docs/workflows.md
             * @example {
             *       "format": "agon.workflow/v1",
             *       "title": "A haiku",
             *       "inputs": {
             *         "topic": {
             *           "type": "string"
             *         }
             *       },
             *       "nodes": [
             *         {
             *           "id": "write",
             *           "type": "lens",
             *           "lens": {
             *             "kind": "text",
             *             "template": "A haiku about [[topic]].",
             *             "model_key": "openai:gpt-5-mini"
             *           }
             *         }
             *       ]
             *     }
             */
            document?: {
                [key: string]: unknown;
            };
            /**
             * @description public: anybody who is signed in sees, runs and forks what is published of it
             * @enum {string}
             */
            visibility?: "private" | "public";
            /**
             * @description In place of those before
             * @example [
             *       "poetry",
             *       "lang:en"
             *     ]
             */
            tags?: string[];
            /** @description What this version changes */
            note?: string;
        };
        ValidateWorkflow: {
            /**
             * @description A workflow in the format agon.workflow/v1: see docs/workflows.md
             * @example {
             *       "format": "agon.workflow/v1",
             *       "title": "A haiku",
             *       "inputs": {
             *         "topic": {
             *           "type": "string"
             *         }
             *       },
             *       "nodes": [
             *         {
             *           "id": "write",
             *           "type": "lens",
             *           "lens": {
             *             "kind": "text",
             *             "template": "A haiku about [[topic]].",
             *             "model_key": "openai:gpt-5-mini"
             *           }
             *         }
             *       ]
             *     }
             */
            document: {
                [key: string]: unknown;
            };
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
