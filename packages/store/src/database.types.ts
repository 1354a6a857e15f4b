
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "battles": {
          Tables: {
            "analyses": {
                  Row: {
                    "analysis_id": string,"battle_id": string,"byok_key_id": string | null,"concurrency_key": string | null,"concurrency_limit": number | null,"cost_estimate_usd": number | null,"created_at": string,"error": Json | null,"finished_at": string | null,"funding_source": Database["battles"]['Enums']["funding_source"] | null,"kind": string,"limit_key": string | null,"model_key": string,"provider": string | null,"requested_by": string | null,"result": Json | null,"simulated": boolean,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "analysis_id"?: string,"battle_id": string,"byok_key_id"?: string | null,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"cost_estimate_usd"?: number | null,"created_at"?: string,"error"?: Json | null,"finished_at"?: string | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"kind": string,"limit_key"?: string | null,"model_key": string,"provider"?: string | null,"requested_by"?: string | null,"result"?: Json | null,"simulated"?: boolean,"status"?: string
                  }
                  Update: {
                    "analysis_id"?: string,"battle_id"?: string,"byok_key_id"?: string | null,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"cost_estimate_usd"?: number | null,"created_at"?: string,"error"?: Json | null,"finished_at"?: string | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"kind"?: string,"limit_key"?: string | null,"model_key"?: string,"provider"?: string | null,"requested_by"?: string | null,"result"?: Json | null,"simulated"?: boolean,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "analyses_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"analysis_calls": {
                  Row: {
                    "analysis_id": string,"cost_usd": number | null,"created_at": string,"input_tokens": number | null,"latency_ms": number | null,"output_tokens": number | null,"parameters": NonNullable<Json>,"prompt": string,"raw_text": string,"stage": string,"system_prompt": string
                  }
                  ComputedFields: never
                  Insert: {
                    "analysis_id": string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"latency_ms"?: number | null,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"prompt": string,"raw_text": string,"stage": string,"system_prompt": string
                  }
                  Update: {
                    "analysis_id"?: string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"latency_ms"?: number | null,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"prompt"?: string,"raw_text"?: string,"stage"?: string,"system_prompt"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "analysis_calls_analysis_id_fkey"
      columns: ["analysis_id"]
isOneToOne: false
      referencedRelation: "analyses"
      referencedColumns: ["analysis_id"]
    }
                  ]
                },"battles": {
                  Row: {
                    "allow_own_family": boolean,"auto_analyse": boolean,"auto_publish_results": boolean,"battle_id": string,"battle_type": Database["battles"]['Enums']["battle_type"],"budget_usd": number | null,"category": string | null,"checks": (string)[],"created_at": string,"finished_at": string | null,"generate_rubric": boolean,"handicap": NonNullable<Json>,"held_at": string | null,"hold_reason": string | null,"idempotency_key": string | null,"inputs": Json | null,"judge_mode": Database["battles"]['Enums']["judge_mode"],"judge_outcome": string | null,"max_tokens": number,"min_account_age_ms": number | null,"outcome": string | null,"owner_id": string,"priority": number,"promote_at": string | null,"published_at": string | null,"reference_answer": string | null,"repository": Json | null,"request_hash": string | null,"results_published_at": string | null,"rubric": Json | null,"run_id": string | null,"scoring_mode": Database["battles"]['Enums']["scoring_mode"],"status": Database["battles"]['Enums']["battle_status"],"submission_window_ms": number | null,"submissions_end_at": string | null,"task_prompt": string,"temperature": number | null,"title": string,"vote_weighting": string,"voter_eligibility": string,"voting_ends_at": string | null,"voting_window_ms": number,"winner_contender_id": string | null,"plan_analysis": undefined | null,"start_judging": undefined | null
                  }
                  ComputedFields: "plan_analysis" | "start_judging"
                  Insert: {
                    "allow_own_family"?: boolean,"auto_analyse"?: boolean,"auto_publish_results"?: boolean,"battle_id"?: string,"battle_type"?: Database["battles"]['Enums']["battle_type"],"budget_usd"?: number | null,"category"?: string | null,"checks"?: (string)[],"created_at"?: string,"finished_at"?: string | null,"generate_rubric"?: boolean,"handicap"?: NonNullable<Json>,"held_at"?: string | null,"hold_reason"?: string | null,"idempotency_key"?: string | null,"inputs"?: Json | null,"judge_mode"?: Database["battles"]['Enums']["judge_mode"],"judge_outcome"?: string | null,"max_tokens"?: number,"min_account_age_ms"?: number | null,"outcome"?: string | null,"owner_id": string,"priority"?: number,"promote_at"?: string | null,"published_at"?: string | null,"reference_answer"?: string | null,"repository"?: Json | null,"request_hash"?: string | null,"results_published_at"?: string | null,"rubric"?: Json | null,"run_id"?: string | null,"scoring_mode"?: Database["battles"]['Enums']["scoring_mode"],"status"?: Database["battles"]['Enums']["battle_status"],"submission_window_ms"?: number | null,"submissions_end_at"?: string | null,"task_prompt": string,"temperature"?: number | null,"title": string,"vote_weighting"?: string,"voter_eligibility"?: string,"voting_ends_at"?: string | null,"voting_window_ms"?: number,"winner_contender_id"?: string | null
                  }
                  Update: {
                    "allow_own_family"?: boolean,"auto_analyse"?: boolean,"auto_publish_results"?: boolean,"battle_id"?: string,"battle_type"?: Database["battles"]['Enums']["battle_type"],"budget_usd"?: number | null,"category"?: string | null,"checks"?: (string)[],"created_at"?: string,"finished_at"?: string | null,"generate_rubric"?: boolean,"handicap"?: NonNullable<Json>,"held_at"?: string | null,"hold_reason"?: string | null,"idempotency_key"?: string | null,"inputs"?: Json | null,"judge_mode"?: Database["battles"]['Enums']["judge_mode"],"judge_outcome"?: string | null,"max_tokens"?: number,"min_account_age_ms"?: number | null,"outcome"?: string | null,"owner_id"?: string,"priority"?: number,"promote_at"?: string | null,"published_at"?: string | null,"reference_answer"?: string | null,"repository"?: Json | null,"request_hash"?: string | null,"results_published_at"?: string | null,"rubric"?: Json | null,"run_id"?: string | null,"scoring_mode"?: Database["battles"]['Enums']["scoring_mode"],"status"?: Database["battles"]['Enums']["battle_status"],"submission_window_ms"?: number | null,"submissions_end_at"?: string | null,"task_prompt"?: string,"temperature"?: number | null,"title"?: string,"vote_weighting"?: string,"voter_eligibility"?: string,"voting_ends_at"?: string | null,"voting_window_ms"?: number,"winner_contender_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "battles_winner"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "battles_winner"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "battles_winner"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    }
                  ]
                },"contenders": {
                  Row: {
                    "answered_by": string | null,"battle_id": string,"byok_key_id": string | null,"byok_keys": NonNullable<Json>,"concurrency_key": string | null,"concurrency_limit": number | null,"contender_id": string,"contender_type": Database["battles"]['Enums']["contender_type"],"cost_estimate_usd": number | null,"error": Json | null,"funding_source": Database["battles"]['Enums']["funding_source"] | null,"identity": string,"limit_key": string | null,"model_key": string | null,"model_kind": string | null,"node_id": string | null,"provider": string | null,"run_id": string | null,"settled_at": string | null,"simulated": boolean,"slot": string,"status": Database["battles"]['Enums']["contender_status"],"system_prompt": string | null,"user_id": string | null,"workflow_inputs": Json | null,"workflow_version_id": string | null,"competitor_of": string | null,"is_rated": boolean | null,"stop_run": undefined | null
                  }
                  ComputedFields: "competitor_of" | "is_rated" | "stop_run"
                  Insert: {
                    "answered_by"?: string | null,"battle_id": string,"byok_key_id"?: string | null,"byok_keys"?: NonNullable<Json>,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"contender_id"?: string,"contender_type"?: Database["battles"]['Enums']["contender_type"],"cost_estimate_usd"?: number | null,"error"?: Json | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"identity"?: string,"limit_key"?: string | null,"model_key"?: string | null,"model_kind"?: string | null,"node_id"?: string | null,"provider"?: string | null,"run_id"?: string | null,"settled_at"?: string | null,"simulated"?: boolean,"slot": string,"status"?: Database["battles"]['Enums']["contender_status"],"system_prompt"?: string | null,"user_id"?: string | null,"workflow_inputs"?: Json | null,"workflow_version_id"?: string | null
                  }
                  Update: {
                    "answered_by"?: string | null,"battle_id"?: string,"byok_key_id"?: string | null,"byok_keys"?: NonNullable<Json>,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"contender_id"?: string,"contender_type"?: Database["battles"]['Enums']["contender_type"],"cost_estimate_usd"?: number | null,"error"?: Json | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"identity"?: string,"limit_key"?: string | null,"model_key"?: string | null,"model_kind"?: string | null,"node_id"?: string | null,"provider"?: string | null,"run_id"?: string | null,"settled_at"?: string | null,"simulated"?: boolean,"slot"?: string,"status"?: Database["battles"]['Enums']["contender_status"],"system_prompt"?: string | null,"user_id"?: string | null,"workflow_inputs"?: Json | null,"workflow_version_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "contenders_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"elo_battle_log": {
                  Row: {
                    "battle_id": string,"rated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"rated_at"?: string
                  }
                  Update: {
                    "battle_id"?: string,"rated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "elo_battle_log_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: true
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"elo_changes": {
                  Row: {
                    "battle_id": string,"competitor": string,"contender_id": string,"rating_after": number,"rating_before": number
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"competitor": string,"contender_id": string,"rating_after": number,"rating_before": number
                  }
                  Update: {
                    "battle_id"?: string,"competitor"?: string,"contender_id"?: string,"rating_after"?: number,"rating_before"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "elo_changes_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "elo_battle_log"
      referencedColumns: ["battle_id"]
    },{
      foreignKeyName: "elo_changes_competitor_fkey"
      columns: ["competitor"]
isOneToOne: false
      referencedRelation: "ratings"
      referencedColumns: ["competitor"]
    },{
      foreignKeyName: "elo_changes_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "elo_changes_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "elo_changes_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    }
                  ]
                },"events": {
                  Row: {
                    "battle_id": string,"created_at": string,"data": NonNullable<Json>,"event_id": number,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"created_at"?: string,"data"?: NonNullable<Json>,"event_id"?: never,"type": string
                  }
                  Update: {
                    "battle_id"?: string,"created_at"?: string,"data"?: NonNullable<Json>,"event_id"?: never,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "events_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"judge_weights": {
                  Row: {
                    "accuracy": number,"gold_pairs": number,"learned_at": string,"model_key": string,"owner_id": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "accuracy": number,"gold_pairs": number,"learned_at"?: string,"model_key": string,"owner_id": string,"weight": number
                  }
                  Update: {
                    "accuracy"?: number,"gold_pairs"?: number,"learned_at"?: string,"model_key"?: string,"owner_id"?: string,"weight"?: number
                  }
                  Relationships: [
                    
                  ]
                },"judges": {
                  Row: {
                    "battle_id": string,"byok_key_id": string | null,"concurrency_key": string | null,"concurrency_limit": number | null,"cost_estimate_usd": number | null,"error": Json | null,"funding_source": Database["battles"]['Enums']["funding_source"] | null,"judge_id": string,"limit_key": string | null,"model_key": string,"provider": string | null,"seat": number,"simulated": boolean,"status": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"byok_key_id"?: string | null,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"cost_estimate_usd"?: number | null,"error"?: Json | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"judge_id"?: string,"limit_key"?: string | null,"model_key": string,"provider"?: string | null,"seat": number,"simulated"?: boolean,"status"?: string,"weight"?: number
                  }
                  Update: {
                    "battle_id"?: string,"byok_key_id"?: string | null,"concurrency_key"?: string | null,"concurrency_limit"?: number | null,"cost_estimate_usd"?: number | null,"error"?: Json | null,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"judge_id"?: string,"limit_key"?: string | null,"model_key"?: string,"provider"?: string | null,"seat"?: number,"simulated"?: boolean,"status"?: string,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "judges_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"ratings": {
                  Row: {
                    "competitor": string,"draws": number,"games": number,"identity": string,"losses": number,"model_key": string,"rating": number,"simulated": boolean,"updated_at": string,"wins": number
                  }
                  ComputedFields: never
                  Insert: {
                    "competitor": string,"draws"?: number,"games"?: number,"identity"?: string,"losses"?: number,"model_key": string,"rating"?: number,"simulated"?: boolean,"updated_at"?: string,"wins"?: number
                  }
                  Update: {
                    "competitor"?: string,"draws"?: number,"games"?: number,"identity"?: string,"losses"?: number,"model_key"?: string,"rating"?: number,"simulated"?: boolean,"updated_at"?: string,"wins"?: number
                  }
                  Relationships: [
                    
                  ]
                },"rubric_calls": {
                  Row: {
                    "battle_id": string,"cost_usd": number | null,"created_at": string,"input_tokens": number | null,"judge_id": string,"latency_ms": number | null,"output_tokens": number | null,"parameters": NonNullable<Json>,"prompt": string,"raw_text": string,"system_prompt": string
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"judge_id": string,"latency_ms"?: number | null,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"prompt": string,"raw_text": string,"system_prompt": string
                  }
                  Update: {
                    "battle_id"?: string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"judge_id"?: string,"latency_ms"?: number | null,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"prompt"?: string,"raw_text"?: string,"system_prompt"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "rubric_calls_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    },{
      foreignKeyName: "rubric_calls_judge_id_fkey"
      columns: ["judge_id"]
isOneToOne: true
      referencedRelation: "judges"
      referencedColumns: ["judge_id"]
    }
                  ]
                },"submissions": {
                  Row: {
                    "artifact_id": string | null,"battle_id": string,"contender_id": string,"content_text": string | null,"content_url": string | null,"cost_usd": number | null,"diff": string | null,"finish_reason": string | null,"input_tokens": number | null,"is_final": boolean,"keyframes": Json | null,"latency_ms": number | null,"media_url": string | null,"mime_type": string | null,"output_modality": Database["battles"]['Enums']["modality"],"output_tokens": number | null,"status": string,"submission_id": string,"transcript": string | null,"updated_at": string,"wire_model": string | null,"work": Json | null,"shown_text": string | null
                  }
                  ComputedFields: "shown_text"
                  Insert: {
                    "artifact_id"?: string | null,"battle_id": string,"contender_id": string,"content_text"?: string | null,"content_url"?: string | null,"cost_usd"?: number | null,"diff"?: string | null,"finish_reason"?: string | null,"input_tokens"?: number | null,"is_final"?: boolean,"keyframes"?: Json | null,"latency_ms"?: number | null,"media_url"?: string | null,"mime_type"?: string | null,"output_modality"?: Database["battles"]['Enums']["modality"],"output_tokens"?: number | null,"status"?: string,"submission_id"?: string,"transcript"?: string | null,"updated_at"?: string,"wire_model"?: string | null,"work"?: Json | null
                  }
                  Update: {
                    "artifact_id"?: string | null,"battle_id"?: string,"contender_id"?: string,"content_text"?: string | null,"content_url"?: string | null,"cost_usd"?: number | null,"diff"?: string | null,"finish_reason"?: string | null,"input_tokens"?: number | null,"is_final"?: boolean,"keyframes"?: Json | null,"latency_ms"?: number | null,"media_url"?: string | null,"mime_type"?: string | null,"output_modality"?: Database["battles"]['Enums']["modality"],"output_tokens"?: number | null,"status"?: string,"submission_id"?: string,"transcript"?: string | null,"updated_at"?: string,"wire_model"?: string | null,"work"?: Json | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "submissions_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    },{
      foreignKeyName: "submissions_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: true
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "submissions_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: true
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "submissions_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: true
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    }
                  ]
                },"verdict_scores": {
                  Row: {
                    "contender_id": string,"place": number,"score": number,"verdict_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "contender_id": string,"place": number,"score": number,"verdict_id": number
                  }
                  Update: {
                    "contender_id"?: string,"place"?: number,"score"?: number,"verdict_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "verdict_scores_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "verdict_scores_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "verdict_scores_contender_id_fkey"
      columns: ["contender_id"]
isOneToOne: false
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "verdict_scores_verdict_id_fkey"
      columns: ["verdict_id"]
isOneToOne: false
      referencedRelation: "verdicts"
      referencedColumns: ["verdict_id"]
    }
                  ]
                },"verdicts": {
                  Row: {
                    "battle_id": string,"cost_usd": number | null,"created_at": string,"input_tokens": number | null,"judge_id": string,"judge_model_key": string,"latency_ms": number | null,"outcome": string,"output_tokens": number | null,"parameters": NonNullable<Json>,"part": string,"presentation": number,"prompt": string,"raw_text": string,"reasoning": string,"slot_order": string,"system_prompt": string,"verdict_id": number,"weight": number,"winner_contender_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"judge_id": string,"judge_model_key": string,"latency_ms"?: number | null,"outcome": string,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"part"?: string,"presentation": number,"prompt": string,"raw_text": string,"reasoning"?: string,"slot_order": string,"system_prompt": string,"verdict_id"?: never,"weight"?: number,"winner_contender_id"?: string | null
                  }
                  Update: {
                    "battle_id"?: string,"cost_usd"?: number | null,"created_at"?: string,"input_tokens"?: number | null,"judge_id"?: string,"judge_model_key"?: string,"latency_ms"?: number | null,"outcome"?: string,"output_tokens"?: number | null,"parameters"?: NonNullable<Json>,"part"?: string,"presentation"?: number,"prompt"?: string,"raw_text"?: string,"reasoning"?: string,"slot_order"?: string,"system_prompt"?: string,"verdict_id"?: never,"weight"?: number,"winner_contender_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "verdicts_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    },{
      foreignKeyName: "verdicts_judge_id_fkey"
      columns: ["judge_id"]
isOneToOne: false
      referencedRelation: "judges"
      referencedColumns: ["judge_id"]
    },{
      foreignKeyName: "verdicts_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "verdicts_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "verdicts_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    }
                  ]
                },"vote_events": {
                  Row: {
                    "battle_id": string,"choice": string,"created_at": string,"decided_by": string | null,"reason": string | null,"type": string,"vote_event_id": number,"voter_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"choice": string,"created_at"?: string,"decided_by"?: string | null,"reason"?: string | null,"type"?: string,"vote_event_id"?: never,"voter_id": string
                  }
                  Update: {
                    "battle_id"?: string,"choice"?: string,"created_at"?: string,"decided_by"?: string | null,"reason"?: string | null,"type"?: string,"vote_event_id"?: never,"voter_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "vote_events_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"vote_settings": {
                  Row: {
                    "most_per_day": number,"most_per_minute": number,"most_per_source": number,"only_row": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "most_per_day"?: number,"most_per_minute"?: number,"most_per_source"?: number,"only_row"?: boolean
                  }
                  Update: {
                    "most_per_day"?: number,"most_per_minute"?: number,"most_per_source"?: number,"only_row"?: boolean
                  }
                  Relationships: [
                    
                  ]
                },"vote_watch": {
                  Row: {
                    "only_row": boolean,"scan_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "only_row"?: boolean,"scan_at": string
                  }
                  Update: {
                    "only_row"?: boolean,"scan_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"voter_invitations": {
                  Row: {
                    "battle_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"user_id": string
                  }
                  Update: {
                    "battle_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "voter_invitations_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"votes": {
                  Row: {
                    "battle_id": string,"choice": string,"created_at": string,"decided_at": string | null,"decided_by": string | null,"evidence": NonNullable<Json>,"moderated": boolean,"reason": string | null,"source_hash": string | null,"status": string,"updated_at": string,"vote_id": string,"voter_id": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "battle_id": string,"choice": string,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"evidence"?: NonNullable<Json>,"moderated"?: boolean,"reason"?: string | null,"source_hash"?: string | null,"status"?: string,"updated_at"?: string,"vote_id"?: string,"voter_id": string,"weight"?: number
                  }
                  Update: {
                    "battle_id"?: string,"choice"?: string,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"evidence"?: NonNullable<Json>,"moderated"?: boolean,"reason"?: string | null,"source_hash"?: string | null,"status"?: string,"updated_at"?: string,"vote_id"?: string,"voter_id"?: string,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "votes_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                },"winner_overrides": {
                  Row: {
                    "author_id": string,"battle_id": string,"created_at": string,"note": string,"override_id": number,"winner_contender_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id": string,"battle_id": string,"created_at"?: string,"note": string,"override_id"?: never,"winner_contender_id"?: string | null
                  }
                  Update: {
                    "author_id"?: string,"battle_id"?: string,"created_at"?: string,"note"?: string,"override_id"?: never,"winner_contender_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "winner_overrides_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    },{
      foreignKeyName: "winner_overrides_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_dead_letters"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "winner_overrides_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "battle_execution_jobs"
      referencedColumns: ["contender_id"]
    },{
      foreignKeyName: "winner_overrides_winner_contender_id_fkey"
      columns: ["winner_contender_id"]
isOneToOne: false
      referencedRelation: "contenders"
      referencedColumns: ["contender_id"]
    }
                  ]
                }
          }
          Views: {
            "battle_execution_dead_letters": {
                  Row: {
                    "attempts": number,"battle_id": string | null,"contender_id": string | null,"created_at": string,"dead_letter_id": number,"error_code": string,"error_message": string,"job_id": number,"kind": string,"payload": NonNullable<Json>,"reclaims": number,"redriven_at": string | null,"slot": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"battle_execution_jobs": {
                  Row: {
                    "attempts": number | null,"battle_id": string,"claimed_at": string | null,"contender_id": string,"created_at": string | null,"driver": string | null,"error": Json | null,"expires_at": string | null,"finished_at": string | null,"job_id": number | null,"max_attempts": number | null,"model_key": string | null,"reclaims": number | null,"run_after": string | null,"slot": string,"status": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "contenders_battle_id_fkey"
      columns: ["battle_id"]
isOneToOne: false
      referencedRelation: "battles"
      referencedColumns: ["battle_id"]
    }
                  ]
                }
          }
          Functions: {
            "answers_to_judge":
{ Args: { "battle_id": string }; Returns: Json
                           },
"backend_offer":
{ Args: { "battle": Json,"contender": Json }; Returns: Json
                           },
"backend_refusal":
{ Args: { "battle": Json }; Returns: Json
                           },
"backend_row":
{ Args: { "battle": Json,"contender": Json }; Returns: Json
                           },
"battle_of":
{ Args: { "subject_id": string }; Returns: string
                           },
"battle_summary":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"viewer_id": string }; Returns: Json
                           },
"begin_scoring":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"ended_by": string }; Returns: undefined
                           },
"call_estimate":
{ Args: { "cost_estimate_usd": number,"funding_source": Database["battles"]['Enums']["funding_source"] }; Returns: number
                           },
"call_refusal":
{ Args: { "limited": boolean,"model": Json,"owner_id": string,"path"?: string }; Returns: Json
                           },
"calls_of_judge":
{ Args: { "battle_id": string }; Returns: number
                           },
"cancel_keyframes":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"capability_refusal":
{ Args: { "battle": Json,"judges": Json }; Returns: Json
                           },
"checks_share":
{ Args: { "work": Json }; Returns: number
                           },
"claim_tasks":
{ Args: { "driver": string,"kind": string,"most": number }; Returns: Json
                           },
"coding_patience":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"competitor":
{ Args: { "identity": string,"model_key": string }; Returns: string
                           },
"competitor_of":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']> }; Returns: string
                           },
"contender_document":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"viewer_id": string }; Returns: Json
                           },
"contending_runs":
{ Args: { "battle_id": string }; Returns: (string)[]
                           },
"crowd_comparisons":
{ Args: { "battle_id": string }; Returns: {
              "contender_a": string,"contender_b": string,"outcome": Database["ratings"]['Enums']["outcome"],"weight": number
            }[]
                           },
"delegation_budget":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"disown_task":
{ Args: { "job_id": number,"task": Json }; Returns: undefined
                           },
"eligibility_refusal":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"voter_id": string }; Returns: Json
                           },
"end_slot":
{ Args: { "contender_id": string,"error": Json,"timed_out"?: boolean }; Returns: boolean
                           },
"end_slots":
{ Args: { "contender_ids": (string)[],"error": Json,"timed_out"?: boolean }; Returns: number
                           },
"end_submissions":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"end_turn":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']>,"status": Database["battles"]['Enums']["contender_status"] }; Returns: undefined
                           },
"ended_jobs":
{ Args: { "job_ids": (number)[] }; Returns: (number)[]
                           },
"exported":
{ Args: { "after": string,"every": boolean,"most": number }; Returns: {
              "allow_own_family": boolean,
"auto_analyse": boolean,
"auto_publish_results": boolean,
"battle_id": string,
"battle_type": Database["battles"]['Enums']["battle_type"],
"budget_usd": number | null,
"category": string | null,
"checks": (string)[],
"created_at": string,
"finished_at": string | null,
"generate_rubric": boolean,
"handicap": NonNullable<Json>,
"held_at": string | null,
"hold_reason": string | null,
"idempotency_key": string | null,
"inputs": Json | null,
"judge_mode": Database["battles"]['Enums']["judge_mode"],
"judge_outcome": string | null,
"max_tokens": number,
"min_account_age_ms": number | null,
"outcome": string | null,
"owner_id": string,
"priority": number,
"promote_at": string | null,
"published_at": string | null,
"reference_answer": string | null,
"repository": Json | null,
"request_hash": string | null,
"results_published_at": string | null,
"rubric": Json | null,
"run_id": string | null,
"scoring_mode": Database["battles"]['Enums']["scoring_mode"],
"status": Database["battles"]['Enums']["battle_status"],
"submission_window_ms": number | null,
"submissions_end_at": string | null,
"task_prompt": string,
"temperature": number | null,
"title": string,
"vote_weighting": string,
"voter_eligibility": string,
"voting_ends_at": string | null,
"voting_window_ms": number,
"winner_contender_id": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "battles"
        isOneToOne: false
        isSetofReturn: true
      } },
"fn_auto_finalize_battles":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_battle_scores":
{ Args: { "battle_id": string }; Returns: {
              "checks_share": number,"contender_id": string,"judge_mean": number,"score": number,"slot": string,"verdicts": number,"vote_share": number,"vote_weight": number,"votes": number
            }[]
                           },
"fn_battles_analyse":
{ Args: { "analysis": Json,"battle_id": string,"owner_id": string }; Returns: Json
                           },
"fn_battles_analyses":
{ Args: { "battle_id": string,"viewer_id": string }; Returns: Json
                           },
"fn_battles_cancel":
{ Args: { "battle_id": string,"owner_id": string }; Returns: string
                           },
"fn_battles_close_voting":
{ Args: { "battle_id": string,"owner_id": string }; Returns: string
                           },
"fn_battles_create":
{ Args: { "battle": Json,"owner_id": string }; Returns: Json
                           },
"fn_battles_end_submissions":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_battles_finalize":
{ Args: { "battle_id": string }; Returns: string
                           },
"fn_battles_get":
{ Args: { "battle_id": string,"viewer_id": string }; Returns: Json
                           },
"fn_battles_hold":
{ Args: { "battle_id": string,"reason": string }; Returns: string
                           },
"fn_battles_join":
{ Args: { "battle_id": string,"user_id": string }; Returns: Json
                           },
"fn_battles_list":
{ Args: { "battle_type"?: string,"created_after"?: string,"created_before"?: string,"cursor"?: string,"mine"?: boolean,"model"?: string,"most"?: number,"status"?: string,"viewer_id": string }; Returns: Json
                           },
"fn_battles_override_winner":
{ Args: { "author_id": string,"battle_id": string,"note": string,"winner_slot": string }; Returns: string
                           },
"fn_battles_promote_due":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_battles_publish":
{ Args: { "battle_id": string,"owner_id": string }; Returns: string
                           },
"fn_battles_publish_results":
{ Args: { "battle_id": string,"owner_id": string }; Returns: string
                           },
"fn_battles_redrive":
{ Args: { "battle_id": string,"owner_id": string }; Returns: Json
                           },
"fn_battles_release":
{ Args: { "battle_id": string }; Returns: string
                           },
"fn_battles_set_promotion":
{ Args: { "battle_id": string,"owner_id": string,"promote_at": string }; Returns: string
                           },
"fn_battles_set_voters":
{ Args: { "battle_id": string,"owner_id": string,"voters": (string)[] }; Returns: string
                           },
"fn_battles_start_analyses":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_compute_elo_after_battle":
{ Args: { "battle_id": string }; Returns: boolean
                           },
"fn_dead_letters_list":
{ Args: { "cursor"?: number,"filter"?: Json,"most"?: number }; Returns: Json
                           },
"fn_end_stray_delegations":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_events_after":
{ Args: { "after_event_id"?: number,"battle_id": string,"most"?: number,"viewer_id": string }; Returns: Json
                           },
"fn_export_answers":
{ Args: { "after"?: string,"every"?: boolean,"most"?: number }; Returns: Json
                           },
"fn_export_battles":
{ Args: { "after"?: string,"every"?: boolean,"most"?: number }; Returns: Json
                           },
"fn_export_verdicts":
{ Args: { "after"?: string,"every"?: boolean,"most"?: number }; Returns: Json
                           },
"fn_export_votes":
{ Args: { "after"?: string,"every"?: boolean,"most"?: number,"salt": string }; Returns: Json
                           },
"fn_judge_weights_list":
{ Args: { "owner_id": string }; Returns: Json
                           },
"fn_judge_weights_set":
{ Args: { "owner_id": string,"weights": Json }; Returns: Json
                           },
"fn_leaderboard":
{ Args: { "cursor"?: string,"most"?: number }; Returns: Json
                           },
"fn_local_claim":
{ Args: { "driver": string,"most"?: number,"owner_id": string,"providers": (string)[] }; Returns: Json
                           },
"fn_local_complete":
{ Args: { "job_id": number,"lease_token": number,"output": Json,"owner_id": string }; Returns: string
                           },
"fn_local_fail":
{ Args: { "backoff_ms"?: number,"error": Json,"job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"fn_local_give_back":
{ Args: { "job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"fn_local_heartbeat":
{ Args: { "checkpoint"?: Json,"delta"?: Json,"job_id": number,"lease_token": number,"output"?: Json,"owner_id": string }; Returns: string
                           },
"fn_move_battle_job_to_dlq":
{ Args: { "error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_redrive_dead_letter":
{ Args: { "dead_letter_id": number }; Returns: string
                           },
"fn_redrive_dead_letters":
{ Args: { "filter"?: Json,"most"?: number }; Returns: Json
                           },
"fn_requeue_battle_job_with_backoff":
{ Args: { "backoff_ms": number,"error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_scan_votes":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_submissions_submit":
{ Args: { "battle_id": string,"is_final"?: boolean,"submission": Json,"user_id": string }; Returns: Json
                           },
"fn_submissions_withdraw":
{ Args: { "battle_id": string,"user_id": string }; Returns: Json
                           },
"fn_submit_vote":
{ Args: { "battle_id": string,"choice": string,"source"?: string,"voter_id": string }; Returns: Json
                           },
"fn_votes_decide":
{ Args: { "decided_by"?: string,"decision": string,"filter": Json,"most"?: number,"note"?: string }; Returns: Json
                           },
"fn_votes_list":
{ Args: { "cursor"?: string,"filter"?: Json,"most"?: number }; Returns: Json
                           },
"fn_worker_await_contender_run":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_begin_contender_run":
{ Args: { "inputs": Json,"job_id": number,"lease_token": number }; Returns: Json
                           },
"fn_worker_cancel_contender_run":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_checkpoint_battle_job":
{ Args: { "checkpoint": Json,"delta": Json,"job_id": number,"lease_token": number,"output": Json }; Returns: boolean
                           },
"fn_worker_claim_async_executions":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_battle_analysis":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_battle_job":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_battle_judging":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_battle_keyframes":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_bridge_executions":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_coding_job":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_vote_scan":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_workflow_contender":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_coding_results":
{ Args: { "battle_ids": (string)[] }; Returns: Json
                           },
"fn_worker_complete_battle_analysis":
{ Args: { "job_id": number,"lease_token": number,"result": Json }; Returns: boolean
                           },
"fn_worker_complete_battle_job":
{ Args: { "job_id": number,"lease_token": number,"output": Json }; Returns: boolean
                           },
"fn_worker_complete_battle_judging":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_complete_battle_keyframes":
{ Args: { "job_id": number,"keyframes": Json,"lease_token": number }; Returns: boolean
                           },
"fn_worker_complete_task_cancel":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_delegate_battle_job":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_park_battle_job":
{ Args: { "job_id": number,"lease_token": number,"output": Json,"task": Json }; Returns: boolean
                           },
"fn_worker_pin_commit":
{ Args: { "commit_id": string,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_worker_record_analysis_call":
{ Args: { "call": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_worker_record_rubric":
{ Args: { "generated_by": Json,"job_id": number,"lease_token": number,"rubric": Json }; Returns: Json
                           },
"fn_worker_record_transcript":
{ Args: { "contender_id": string,"cost_usd"?: number,"job_id": number,"lease_token": number,"on_platform"?: boolean,"transcript": string }; Returns: boolean
                           },
"fn_worker_record_verdict":
{ Args: { "job_id": number,"lease_token": number,"verdict": Json }; Returns: string
                           },
"fn_worker_record_vote_scan":
{ Args: { "findings": Json,"job_id": number,"lease_token": number }; Returns: number
                           },
"fn_worker_repark_battle_job":
{ Args: { "job_id": number,"lease_token": number,"poll_after_ms": number,"progress"?: number }; Returns: boolean
                           },
"fn_worker_upsert_battle_submission":
{ Args: { "checkpoint"?: Json,"delta"?: Json,"job_id": number,"lease_token": number,"output": Json }; Returns: boolean
                           },
"fn_worker_votes_to_scan":
{ Args: { "most"?: number }; Returns: Json
                           },
"fn_worker_yield_battle_job":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"forget_deltas":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_events":
{ Args: { "keep": string,"most": number,"what": string }; Returns: number
                           },
"forget_old_events":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_vote_sources":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"frames_pending":
{ Args: { "battle_id": string }; Returns: boolean
                           },
"frames_settled":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"funding_refusal":
{ Args: { "battle": Json,"owner_id": string }; Returns: Json
                           },
"give_up_coding":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"give_up_keyframes":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"give_up_local":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"held_contender":
{ Args: { "job_id": number,"lease_token": number }; Returns: {
              "answered_by": string | null,
"battle_id": string,
"byok_key_id": string | null,
"byok_keys": NonNullable<Json>,
"concurrency_key": string | null,
"concurrency_limit": number | null,
"contender_id": string,
"contender_type": Database["battles"]['Enums']["contender_type"],
"cost_estimate_usd": number | null,
"error": Json | null,
"funding_source": Database["battles"]['Enums']["funding_source"] | null,
"identity": string,
"limit_key": string | null,
"model_key": string | null,
"model_kind": string | null,
"node_id": string | null,
"provider": string | null,
"run_id": string | null,
"settled_at": string | null,
"simulated": boolean,
"slot": string,
"status": Database["battles"]['Enums']["contender_status"],
"system_prompt": string | null,
"user_id": string | null,
"workflow_inputs": Json | null,
"workflow_version_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "contenders"
        isOneToOne: true
        isSetofReturn: false
      } },
"held_judge":
{ Args: { "job_id": number,"lease_token": number }; Returns: {
              "battle_id": string,
"byok_key_id": string | null,
"concurrency_key": string | null,
"concurrency_limit": number | null,
"cost_estimate_usd": number | null,
"error": Json | null,
"funding_source": Database["battles"]['Enums']["funding_source"] | null,
"judge_id": string,
"limit_key": string | null,
"model_key": string,
"provider": string | null,
"seat": number,
"simulated": boolean,
"status": string,
"weight": number
            }
                          SetofOptions: {
        from: "*"
        to: "judges"
        isOneToOne: true
        isSetofReturn: false
      } },
"hides_answers":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"viewer_id": string }; Returns: boolean
                           },
"hides_names":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"viewer_id": string }; Returns: boolean
                           },
"hides_results":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"viewer_id": string }; Returns: boolean
                           },
"hold_same_source":
{ Args: { "battle_id": string,"source": string }; Returns: number
                           },
"hold_votes":
{ Args: { "evidence": Json,"held_by": string,"reason": string,"vote_ids": (string)[] }; Returns: number
                           },
"holds":
{ Args: { "root_run_id": string }; Returns: boolean
                           },
"in_browser":
{ Args: { "funding_source": Database["battles"]['Enums']["funding_source"] }; Returns: boolean
                           },
"is_kind":
{ Args: { "kind": string }; Returns: boolean
                           },
"is_rated":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']> }; Returns: boolean
                           },
"is_scanning":
{ Args: { "battle_id": string }; Returns: boolean
                           },
"job_ids":
{ Args: { "battle_id": string }; Returns: (number)[]
                           },
"judge_comparisons":
{ Args: { "battle_id": string }; Returns: {
              "contender_a": string,"contender_b": string,"outcome": Database["ratings"]['Enums']["outcome"],"weight": number
            }[]
                           },
"judge_decisions":
{ Args: { "battle_id": string }; Returns: {
              "contender_id": string,"decision": string,"judge_id": string,"opponent_id": string,"weight": number
            }[]
                           },
"judge_pairs":
{ Args: { "battle_id": string }; Returns: {
              "a_first": string,"b_first": string,"contender_a": string,"contender_b": string,"judge_model_key": string
            }[]
                           },
"judging_grace":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"judging_of":
{ Args: { "judge_id": string }; Returns: Json
                           },
"judging_state":
{ Args: { "battle_id": string }; Returns: string
                           },
"keyframes_patience":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"local_key":
{ Args: { "owner_id": string,"provider": string }; Returns: string
                           },
"local_lease":
{ Args: { "job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"local_patience":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"local_row":
{ Args: { "contender": Json,"owner_id": string }; Returns: Json
                           },
"lock_job_owners":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"lock_ratings":
{ Args: { "battle_ids": (string)[] }; Returns: undefined
                           },
"open_realtime_topics":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"open_slots":
{ Args: { "root_run_id": string }; Returns: {
              "answered_by": string | null,
"battle_id": string,
"byok_key_id": string | null,
"byok_keys": NonNullable<Json>,
"concurrency_key": string | null,
"concurrency_limit": number | null,
"contender_id": string,
"contender_type": Database["battles"]['Enums']["contender_type"],
"cost_estimate_usd": number | null,
"error": Json | null,
"funding_source": Database["battles"]['Enums']["funding_source"] | null,
"identity": string,
"limit_key": string | null,
"model_key": string | null,
"model_kind": string | null,
"node_id": string | null,
"provider": string | null,
"run_id": string | null,
"settled_at": string | null,
"simulated": boolean,
"slot": string,
"status": Database["battles"]['Enums']["contender_status"],
"system_prompt": string | null,
"user_id": string | null,
"workflow_inputs": Json | null,
"workflow_version_id": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "contenders"
        isOneToOne: false
        isSetofReturn: true
      } },
"page":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"lines": Json,"whole": boolean }; Returns: Json
                           },
"pair_results":
{ Args: { "battle_id": string }; Returns: {
              "contender_id": string,"opponent_id": string,"result": number
            }[]
                           },
"panel_decisions":
{ Args: { "battle_id": string }; Returns: {
              "contender_id": string,"decision": string,"opponent_id": string
            }[]
                           },
"panel_outcome":
{ Args: { "battle_id": string }; Returns: Record<string, unknown>
                           },
"park_for_run":
{ Args: { "job_id": number,"lease_token": number,"run_id": string }; Returns: boolean
                           },
"plan_analysis":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']> }; Returns: undefined
                           },
"public_event":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"event": Omit<Database["battles"]['Tables']["events"]['Row'], Database["battles"]['Tables']["events"]['ComputedFields']>,"viewer_id": string }; Returns: Json
                           },
"publish":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"patient"?: boolean }; Returns: undefined
                           },
"record_attempt_event":
{ Args: { "error": Json,"job_id": number,"outcome": string }; Returns: undefined
                           },
"record_event":
{ Args: { "battle_id": string,"data"?: Json,"type": string }; Returns: undefined
                           },
"settle":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"settle_buried_job":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"settle_buried_keyframes":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"shown_text":
{ Args: { "submission": Omit<Database["battles"]['Tables']["submissions"]['Row'], Database["battles"]['Tables']["submissions"]['ComputedFields']> }; Returns: string
                           },
"start_analysis":
{ Args: { "analysis": Omit<Database["battles"]['Tables']["analyses"]['Row'], Database["battles"]['Tables']["analyses"]['ComputedFields']>,"battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']> }; Returns: undefined
                           },
"start_judging":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']> }; Returns: undefined
                           },
"start_keyframes":
{ Args: { "contender_id": string }; Returns: undefined
                           },
"start_vote_scan":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"stop_run":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']> }; Returns: undefined
                           },
"submit_slot":
{ Args: { "contender_id": string,"output": Json }; Returns: boolean
                           },
"task_budget":
{ Args: { "model_kind": string }; Returns: string
                           },
"task_queue":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']>,"queue_id": number }; Returns: number
                           },
"tell_delta":
{ Args: { "battle_id": string,"begins_at": number,"slot": string,"text": string }; Returns: undefined
                           },
"tell_rest":
{ Args: { "contender": Omit<Database["battles"]['Tables']["contenders"]['Row'], Database["battles"]['Tables']["contenders"]['ComputedFields']>,"text": string }; Returns: undefined
                           },
"transition":
{ Args: { "battle_id": string,"data"?: Json,"status": Database["battles"]['Enums']["battle_status"] }; Returns: undefined
                           },
"type_of":
{ Args: { "commands": number,"contenders": number,"people": number,"wanted": string,"workflows": number }; Returns: Database["battles"]['Enums']["battle_type"]
                           },
"until_deadline":
{ Args: { "deadline_at": string,"wait_ms": number }; Returns: number
                           },
"utf16_from":
{ Args: { "text": string,"units": number }; Returns: string
                           },
"utf16_length":
{ Args: { "text": string }; Returns: number
                           },
"vote_weight":
{ Args: { "agreed": number,"compared": number }; Returns: number
                           },
"voter_agreement":
{ Args: { "battle_id": string }; Returns: {
              "agreed": number,"compared": number,"voter_id": string
            }[]
                           },
"watch_for_burst":
{ Args: { "battle_id": string,"choice": string }; Returns: undefined
                           },
"weigh_votes":
{ Args: { "battle_id": string }; Returns: undefined
                           },
"weight_refusal":
{ Args: { "judges": Json }; Returns: Json
                           },
"with_learned_weights":
{ Args: { "judges": Json,"owner_id": string }; Returns: Json
                           },
"workflow_patience":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"workflow_row":
{ Args: { "battle": Json,"contender": Json,"slot": string }; Returns: Json
                           },
"workflow_shown":
{ Args: { "contender_id": string }; Returns: Json
                           },
"write_submission":
{ Args: { "contender_id": string,"is_final": boolean,"output": Json }; Returns: undefined
                           }
          }
          Enums: {
            "battle_status": "draft"|"published"|"executing"|"voting"|"scoring"|"closed"|"cancelled"|"void","battle_type": "ai_vs_ai"|"human_vs_ai"|"human_vs_human"|"workflow_battle"|"coding"|"qa","contender_status": "pending"|"submitted"|"failed"|"timed_out"|"withdrawn"|"cancelled","contender_type": "ai_model"|"ai_agent"|"human"|"command"|"workflow","funding_source": "platform_credit"|"user_byok_cloud"|"user_byok_local"|"local"|"simulated","judge_mode": "listwise"|"pairwise"|"rubric","modality": "text"|"image"|"audio"|"video","scoring_mode": "ai_judge"|"community"|"hybrid"|"checks"
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"content": {
          Tables: {
            "tag_map": {
                  Row: {
                    "created_at": string,"entity_id": string,"tag": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"entity_id": string,"tag": string
                  }
                  Update: {
                    "created_at"?: string,"entity_id"?: string,"tag"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            [_ in never]: never
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"execution": {
          Tables: {
            "async_tasks": {
                  Row: {
                    "called_back_at": string | null,"created_at": string,"deadline_at": string,"details": NonNullable<Json>,"finished_at": string | null,"home_queue_id": number,"job_id": number,"polled_at": string | null,"polls": number,"progress": number | null,"provider": string,"provider_task_id": string,"state": string,"task_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "called_back_at"?: string | null,"created_at"?: string,"deadline_at": string,"details"?: NonNullable<Json>,"finished_at"?: string | null,"home_queue_id": number,"job_id": number,"polled_at"?: string | null,"polls"?: number,"progress"?: number | null,"provider": string,"provider_task_id": string,"state"?: string,"task_id"?: never
                  }
                  Update: {
                    "called_back_at"?: string | null,"created_at"?: string,"deadline_at"?: string,"details"?: NonNullable<Json>,"finished_at"?: string | null,"home_queue_id"?: number,"job_id"?: number,"polled_at"?: string | null,"polls"?: number,"progress"?: number | null,"provider"?: string,"provider_task_id"?: string,"state"?: string,"task_id"?: never
                  }
                  Relationships: [
                    {
      foreignKeyName: "async_tasks_home_queue_id_fkey"
      columns: ["home_queue_id"]
isOneToOne: false
      referencedRelation: "later_heads"
      referencedColumns: ["queue_id"]
    },{
      foreignKeyName: "async_tasks_home_queue_id_fkey"
      columns: ["home_queue_id"]
isOneToOne: false
      referencedRelation: "queues"
      referencedColumns: ["queue_id"]
    },{
      foreignKeyName: "async_tasks_home_queue_id_fkey"
      columns: ["home_queue_id"]
isOneToOne: false
      referencedRelation: "ready_heads"
      referencedColumns: ["queue_id"]
    }
                  ]
                },"callback_receipts": {
                  Row: {
                    "event_id": string,"provider": string,"received_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "event_id": string,"provider": string,"received_at"?: string
                  }
                  Update: {
                    "event_id"?: string,"provider"?: string,"received_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"capabilities": {
                  Row: {
                    "capability": string,"details": NonNullable<Json>,"driver": string,"seen_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "capability": string,"details"?: NonNullable<Json>,"driver": string,"seen_at"?: string
                  }
                  Update: {
                    "capability"?: string,"details"?: NonNullable<Json>,"driver"?: string,"seen_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"checkpoints": {
                  Row: {
                    "job_id": number,"saved_at": string,"state": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "job_id": number,"saved_at"?: string,"state": NonNullable<Json>
                  }
                  Update: {
                    "job_id"?: number,"saved_at"?: string,"state"?: NonNullable<Json>
                  }
                  Relationships: [
                    {
      foreignKeyName: "checkpoints_job_id_fkey"
      columns: ["job_id"]
isOneToOne: true
      referencedRelation: "jobs"
      referencedColumns: ["job_id"]
    }
                  ]
                },"dead_letters": {
                  Row: {
                    "attempts": number,"created_at": string,"dead_letter_id": number,"error_code": string,"error_message": string,"job_id": number,"kind": string,"payload": NonNullable<Json>,"reclaims": number,"redriven_at": string | null,"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts": number,"created_at"?: string,"dead_letter_id"?: never,"error_code": string,"error_message": string,"job_id": number,"kind": string,"payload": NonNullable<Json>,"reclaims": number,"redriven_at"?: string | null,"subject_id"?: string | null
                  }
                  Update: {
                    "attempts"?: number,"created_at"?: string,"dead_letter_id"?: never,"error_code"?: string,"error_message"?: string,"job_id"?: number,"kind"?: string,"payload"?: NonNullable<Json>,"reclaims"?: number,"redriven_at"?: string | null,"subject_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"execution_tags": {
                  Row: {
                    "created_at": string,"metadata": NonNullable<Json>,"node_id": string,"run_id": string,"severity": string,"tag": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"metadata"?: NonNullable<Json>,"node_id": string,"run_id": string,"severity"?: string,"tag": string
                  }
                  Update: {
                    "created_at"?: string,"metadata"?: NonNullable<Json>,"node_id"?: string,"run_id"?: string,"severity"?: string,"tag"?: string
                  }
                  Relationships: [
                    
                  ]
                },"job_archive": {
                  Row: {
                    "attempts": number,"concurrency_key": string | null,"created_at": string,"deadline_at": string | null,"error": Json | null,"finished_at": string,"job_id": number,"kind": string,"max_attempts": number,"payload": NonNullable<Json>,"priority": number,"queue_id": number,"reclaims": number,"state": Database["execution"]['Enums']["job_state"],"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts": number,"concurrency_key"?: string | null,"created_at": string,"deadline_at"?: string | null,"error"?: Json | null,"finished_at": string,"job_id": number,"kind": string,"max_attempts": number,"payload": NonNullable<Json>,"priority": number,"queue_id": number,"reclaims": number,"state": Database["execution"]['Enums']["job_state"],"subject_id"?: string | null
                  }
                  Update: {
                    "attempts"?: number,"concurrency_key"?: string | null,"created_at"?: string,"deadline_at"?: string | null,"error"?: Json | null,"finished_at"?: string,"job_id"?: number,"kind"?: string,"max_attempts"?: number,"payload"?: NonNullable<Json>,"priority"?: number,"queue_id"?: number,"reclaims"?: number,"state"?: Database["execution"]['Enums']["job_state"],"subject_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"job_kinds": {
                  Row: {
                    "ended_jobs": string | null,"fair": boolean,"kind": string,"lease_ms": number,"lock_owner": string | null,"max_attempts": number,"max_reclaims": number,"resumes": boolean,"settle_owner": string | null,"wake_function": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "ended_jobs"?: string | null,"fair"?: boolean,"kind": string,"lease_ms"?: number,"lock_owner"?: string | null,"max_attempts"?: number,"max_reclaims"?: number,"resumes"?: boolean,"settle_owner"?: string | null,"wake_function"?: string | null
                  }
                  Update: {
                    "ended_jobs"?: string | null,"fair"?: boolean,"kind"?: string,"lease_ms"?: number,"lock_owner"?: string | null,"max_attempts"?: number,"max_reclaims"?: number,"resumes"?: boolean,"settle_owner"?: string | null,"wake_function"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"jobs": {
                  Row: {
                    "attempts": number,"created_at": string,"deadline_at": string | null,"error": Json | null,"finished_at": string | null,"job_id": number,"max_attempts": number,"payload": NonNullable<Json>,"priority": number,"queue_id": number,"reclaims": number,"state": Database["execution"]['Enums']["job_state"],"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"created_at"?: string,"deadline_at"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"job_id"?: never,"max_attempts"?: number,"payload"?: NonNullable<Json>,"priority"?: number,"queue_id": number,"reclaims"?: number,"state"?: Database["execution"]['Enums']["job_state"],"subject_id"?: string | null
                  }
                  Update: {
                    "attempts"?: number,"created_at"?: string,"deadline_at"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"job_id"?: never,"max_attempts"?: number,"payload"?: NonNullable<Json>,"priority"?: number,"queue_id"?: number,"reclaims"?: number,"state"?: Database["execution"]['Enums']["job_state"],"subject_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"lanes": {
                  Row: {
                    "concurrency_key": string,"concurrency_limit": number
                  }
                  ComputedFields: never
                  Insert: {
                    "concurrency_key": string,"concurrency_limit": number
                  }
                  Update: {
                    "concurrency_key"?: string,"concurrency_limit"?: number
                  }
                  Relationships: [
                    
                  ]
                },"later": {
                  Row: {
                    "job_id": number,"owner_id": string | null,"priority": number,"queue_id": number,"run_after": string
                  }
                  ComputedFields: never
                  Insert: {
                    "job_id": number,"owner_id"?: string | null,"priority": number,"queue_id": number,"run_after": string
                  }
                  Update: {
                    "job_id"?: number,"owner_id"?: string | null,"priority"?: number,"queue_id"?: number,"run_after"?: string
                  }
                  Relationships: [
                    
                  ]
                },"leases": {
                  Row: {
                    "claimed_at": string,"concurrency_key": string | null,"driver": string,"expires_at": string,"job_ids": (number)[],"lease_token": number,"queue_id": number,"renewed_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "claimed_at"?: string,"concurrency_key"?: string | null,"driver": string,"expires_at": string,"job_ids": (number)[],"lease_token"?: never,"queue_id": number,"renewed_at"?: string | null
                  }
                  Update: {
                    "claimed_at"?: string,"concurrency_key"?: string | null,"driver"?: string,"expires_at"?: string,"job_ids"?: (number)[],"lease_token"?: never,"queue_id"?: number,"renewed_at"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"queues": {
                  Row: {
                    "concurrency_key": string | null,"kind": string,"limit_key": string | null,"paused": boolean,"provider": string | null,"queue_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "concurrency_key"?: string | null,"kind": string,"limit_key"?: string | null,"paused"?: boolean,"provider"?: string | null,"queue_id"?: never
                  }
                  Update: {
                    "concurrency_key"?: string | null,"kind"?: string,"limit_key"?: string | null,"paused"?: boolean,"provider"?: string | null,"queue_id"?: never
                  }
                  Relationships: [
                    {
      foreignKeyName: "queues_concurrency_key_fkey"
      columns: ["concurrency_key"]
isOneToOne: false
      referencedRelation: "lanes"
      referencedColumns: ["concurrency_key"]
    },{
      foreignKeyName: "queues_kind_fkey"
      columns: ["kind"]
isOneToOne: false
      referencedRelation: "job_kinds"
      referencedColumns: ["kind"]
    }
                  ]
                },"rate_limits": {
                  Row: {
                    "blocked_until": string,"limit_key": string,"reported_at": string,"reports": number
                  }
                  ComputedFields: never
                  Insert: {
                    "blocked_until": string,"limit_key": string,"reported_at"?: string,"reports"?: number
                  }
                  Update: {
                    "blocked_until"?: string,"limit_key"?: string,"reported_at"?: string,"reports"?: number
                  }
                  Relationships: [
                    
                  ]
                },"ready": {
                  Row: {
                    "job_id": number,"position": number,"queue_id": number,"ready_s": number
                  }
                  ComputedFields: never
                  Insert: {
                    "job_id": number,"position": number,"queue_id": number,"ready_s"?: number
                  }
                  Update: {
                    "job_id"?: number,"position"?: number,"queue_id"?: number,"ready_s"?: number
                  }
                  Relationships: [
                    
                  ]
                },"request_counts": {
                  Row: {
                    "bucket": string,"ends_at": string,"requests": number
                  }
                  ComputedFields: never
                  Insert: {
                    "bucket": string,"ends_at": string,"requests": number
                  }
                  Update: {
                    "bucket"?: string,"ends_at"?: string,"requests"?: number
                  }
                  Relationships: [
                    
                  ]
                },"retention": {
                  Row: {
                    "keep": string | null,"place": string,"ran_at": string | null,"step": string | null,"what": string
                  }
                  ComputedFields: never
                  Insert: {
                    "keep"?: string | null,"place"?: string,"ran_at"?: string | null,"step"?: string | null,"what": string
                  }
                  Update: {
                    "keep"?: string | null,"place"?: string,"ran_at"?: string | null,"step"?: string | null,"what"?: string
                  }
                  Relationships: [
                    
                  ]
                },"shares": {
                  Row: {
                    "kind": string,"last_turn": number,"owner_id": string,"priority": number
                  }
                  ComputedFields: never
                  Insert: {
                    "kind": string,"last_turn": number,"owner_id": string,"priority": number
                  }
                  Update: {
                    "kind"?: string,"last_turn"?: number,"owner_id"?: string,"priority"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "shares_kind_fkey"
      columns: ["kind"]
isOneToOne: false
      referencedRelation: "job_kinds"
      referencedColumns: ["kind"]
    }
                  ]
                },"switches": {
                  Row: {
                    "name": string,"reason": string,"scope": string,"turned_off_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "name": string,"reason"?: string,"scope": string,"turned_off_at"?: string
                  }
                  Update: {
                    "name"?: string,"reason"?: string,"scope"?: string,"turned_off_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"waiters": {
                  Row: {
                    "kind": string,"waiting_until": string
                  }
                  ComputedFields: never
                  Insert: {
                    "kind": string,"waiting_until": string
                  }
                  Update: {
                    "kind"?: string,"waiting_until"?: string
                  }
                  Relationships: [
                    
                  ]
                },"worker_heartbeats": {
                  Row: {
                    "capabilities": (string)[],"host": string | null,"interval_ms": number,"kinds": (string)[] | null,"metadata": NonNullable<Json>,"pid": number | null,"running": number,"seen_at": string,"slots": number,"started_at": string,"state": string,"sub_workers": (string)[],"version": string | null,"worker_id": string,"worker_type": string,"health": string | null
                  }
                  ComputedFields: "health"
                  Insert: {
                    "capabilities"?: (string)[],"host"?: string | null,"interval_ms"?: number,"kinds"?: (string)[] | null,"metadata"?: NonNullable<Json>,"pid"?: number | null,"running"?: number,"seen_at"?: string,"slots"?: number,"started_at"?: string,"state"?: string,"sub_workers"?: (string)[],"version"?: string | null,"worker_id": string,"worker_type": string
                  }
                  Update: {
                    "capabilities"?: (string)[],"host"?: string | null,"interval_ms"?: number,"kinds"?: (string)[] | null,"metadata"?: NonNullable<Json>,"pid"?: number | null,"running"?: number,"seen_at"?: string,"slots"?: number,"started_at"?: string,"state"?: string,"sub_workers"?: (string)[],"version"?: string | null,"worker_id"?: string,"worker_type"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "artifacts": {
                  Row: {
                    "artifact_id": string,"artifact_kind": string | null,"content_json": Json | null,"content_text": string | null,"created_at": string | null,"mime_type": string | null,"node_id": string,"output_type": string | null,"owner_id": string,"run_id": string,"url": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"job_status": {
                  Row: {
                    "attempts": number | null,"claimed_at": string | null,"concurrency_key": string | null,"created_at": string | null,"deadline_at": string | null,"driver": string | null,"error": Json | null,"expires_at": string | null,"finished_at": string | null,"job_id": number | null,"kind": string | null,"max_attempts": number | null,"priority": number | null,"reclaims": number | null,"run_after": string | null,"status": string | null,"subject_id": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"later_heads": {
                  Row: {
                    "concurrency_key": string | null,"kind": string,"limit_key": string | null,"paused": boolean,"provider": string | null,"queue_id": number,"run_after": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "queues_concurrency_key_fkey"
      columns: ["concurrency_key"]
isOneToOne: false
      referencedRelation: "lanes"
      referencedColumns: ["concurrency_key"]
    },{
      foreignKeyName: "queues_kind_fkey"
      columns: ["kind"]
isOneToOne: false
      referencedRelation: "job_kinds"
      referencedColumns: ["kind"]
    }
                  ]
                },"ready_heads": {
                  Row: {
                    "concurrency_key": string | null,"kind": string,"limit_key": string | null,"paused": boolean,"position": number | null,"provider": string | null,"queue_id": number
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "queues_concurrency_key_fkey"
      columns: ["concurrency_key"]
isOneToOne: false
      referencedRelation: "lanes"
      referencedColumns: ["concurrency_key"]
    },{
      foreignKeyName: "queues_kind_fkey"
      columns: ["kind"]
isOneToOne: false
      referencedRelation: "job_kinds"
      referencedColumns: ["kind"]
    }
                  ]
                }
          }
          Functions: {
            "announce":
{ Args: { "kind": string }; Returns: undefined
                           },
"archive_jobs":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"bury":
{ Args: { "error": Json,"job_id": number }; Returns: number
                           },
"can_wake":
{ Args: Record<PropertyKey, never>; Returns: boolean
                           },
"cancel_jobs":
{ Args: { "job_ids": (number)[] }; Returns: number
                           },
"claim_apart":
{ Args: { "driver": string,"kind": string,"most": number,"only_keys": (string)[] }; Returns: Database["execution"]['CompositeTypes']["claimed_job"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_job"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_document":
{ Args: { "jobs": Json,"kind": string }; Returns: Json
                           },
"claim_plan":
{ Args: { "kind": string,"most": number,"only_keys"?: (string)[] }; Returns: {
              "concurrency_key": string,"queue_id": number,"quota": number,"room": number
            }[]
                           },
"close_job":
{ Args: { "error"?: Json,"job_id": number,"lease_token": number,"state": Database["execution"]['Enums']["job_state"] }; Returns: boolean
                           },
"end_task":
{ Args: { "job_ids": (number)[],"state": string,"tell"?: boolean }; Returns: undefined
                           },
"enqueue":
{ Args: { "deadline_at"?: string,"owner_id"?: string,"patient"?: boolean,"payloads": (Json)[],"priority"?: number,"queue_id": number,"run_after"?: string,"subject_id"?: string }; Returns: (number)[]
                           },
"fail_attempt":
{ Args: { "backoff_ms": number,"error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_count_request":
{ Args: { "bucket": string,"most": number,"window_ms": number }; Returns: Json
                           },
"fn_housekeeping":
{ Args: { "most"?: number }; Returns: Json
                           },
"fn_operator_switch":
{ Args: { "name": string,"reason"?: string,"scope": string,"turned_off": boolean }; Returns: string
                           },
"fn_status":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"fn_storage_orphans":
{ Args: { "most"?: number }; Returns: Json
                           },
"fn_worker_announce_capabilities":
{ Args: { "capabilities": (string)[],"details"?: Json,"driver": string }; Returns: undefined
                           },
"fn_worker_callback":
{ Args: { "event_id": string,"provider": string,"provider_task_id": string }; Returns: string
                           },
"fn_worker_claim_jobs":
{ Args: { "driver": string,"hint"?: number,"kind": string,"most": number }; Returns: Database["execution"]['CompositeTypes']["claimed_job"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_job"
        isOneToOne: false
        isSetofReturn: true
      } },
"fn_worker_complete_jobs":
{ Args: { "job_ids": (number)[],"lease_token": number }; Returns: (number)[]
                           },
"fn_worker_give_back":
{ Args: { "lease_token": number }; Returns: number
                           },
"fn_worker_heartbeat":
{ Args: { "lease_token": number }; Returns: (number)[]
                           },
"fn_worker_listen":
{ Args: { "kind": string,"seconds"?: number }; Returns: undefined
                           },
"fn_worker_report_rate_limit":
{ Args: { "limit_key": string,"retry_after_ms": number }; Returns: undefined
                           },
"fn_worker_step":
{ Args: { "done_ids": (number)[],"driver": string,"hint"?: number,"kind": string,"lease_token": number,"most": number,"only_keys"?: (string)[] }; Returns: Database["execution"]['CompositeTypes']["claimed_job"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_job"
        isOneToOne: false
        isSetofReturn: true
      } },
"fn_worker_upsert_heartbeat":
{ Args: { "metadata"?: Json,"worker_id": string,"worker_type": string }; Returns: undefined
                           },
"fn_worker_wake":
{ Args: { "kind": string }; Returns: boolean
                           },
"fn_workers":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"forget_archived_jobs":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_async_tasks":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_callback_receipts":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_capabilities":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_checkpoints":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_cron_runs":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_http_responses":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_open_letters":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_past_shares":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_rate_limits":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_redriven_letters":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_request_counts":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_shares":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           },
"forget_worker_heartbeats":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"has_capability":
{ Args: { "capability": string }; Returns: boolean
                           },
"has_ready":
{ Args: { "kind": string }; Returns: boolean
                           },
"health":
{ Args: { "worker": Omit<Database["execution"]['Tables']["worker_heartbeats"]['Row'], Database["execution"]['Tables']["worker_heartbeats"]['ComputedFields']> }; Returns: string
                           },
"hold_jobs":
{ Args: { "job_ids": (number)[] }; Returns: number
                           },
"keys_due_ms":
{ Args: { "kind": string,"only_keys": (string)[] }; Returns: number
                           },
"lock_owners":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"make_ready":
{ Args: { "at_end"?: boolean,"job_ids": (number)[],"owner_id"?: string,"patient"?: boolean,"priority": number,"queue_id": number }; Returns: undefined
                           },
"next_due_ms":
{ Args: { "kind": string }; Returns: number
                           },
"open_jobs":
{ Args: { "kind": string }; Returns: {
              "job_id": number,"lease_token": number
            }[]
                           },
"open_queues":
{ Args: { "kind": string,"only_keys"?: (string)[] }; Returns: {
              "concurrency_key": string,"head": number,"queue_id": number
            }[]
                           },
"open_task":
{ Args: { "deadline_at": string,"details": Json,"job_id": number,"provider": string,"provider_task_id": string }; Returns: number
                           },
"park_job":
{ Args: { "job_id": number,"lease_token": number,"queue_id": number,"run_after_ms": number }; Returns: boolean
                           },
"promote_due":
{ Args: { "kind"?: string,"most"?: number }; Returns: number
                           },
"queue_for":
{ Args: { "concurrency_key"?: string,"concurrency_limit"?: number,"kind": string,"limit_key"?: string,"provider"?: string }; Returns: number
                           },
"reclaim_expired":
{ Args: { "most"?: number }; Returns: number
                           },
"reclaim_lease":
{ Args: { "lease_token": number }; Returns: number
                           },
"release":
{ Args: { "job_ids": (number)[],"lease_token": number }; Returns: (number)[]
                           },
"release_jobs":
{ Args: { "held_for": string,"job_ids": (number)[] }; Returns: number
                           },
"revive":
{ Args: { "job_id": number }; Returns: boolean
                           },
"ring_job":
{ Args: { "job_id": number }; Returns: boolean
                           },
"save_checkpoint":
{ Args: { "job_id": number,"lease_token": number,"state": Json }; Returns: boolean
                           },
"sweep":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"take_turn":
{ Args: { "jobs": number,"kind": string,"owner_id": string,"patient": boolean,"priority": number }; Returns: number
                           },
"untaken":
{ Args: Record<PropertyKey, never>; Returns: {
              "key": string,"kind": string,"later": number,"oldest_ready_s": number,"ready": number,"why": string
            }[]
                           },
"wake":
{ Args: { "function_name": string }; Returns: undefined
                           },
"yield_job":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           }
          }
          Enums: {
            "job_state": "active"|"held"|"completed"|"failed"|"cancelled"
          }
          CompositeTypes: {
            "claimed_job": {
                        "lease_token": number | null,"job_id": number | null,"position": number | null,"subject_id": string | null,"attempts": number | null,"reclaims": number | null,"max_attempts": number | null,"deadline_at": string | null,"payload": Json | null
                      }
          }
        },"lensers": {
          Tables: {
            "budgets": {
                  Row: {
                    "limit_usd": number,"owner_id": string,"period": string,"period_started_at": string,"spent_usd": number
                  }
                  ComputedFields: never
                  Insert: {
                    "limit_usd": number,"owner_id": string,"period": string,"period_started_at": string,"spent_usd"?: number
                  }
                  Update: {
                    "limit_usd"?: number,"owner_id"?: string,"period"?: string,"period_started_at"?: string,"spent_usd"?: number
                  }
                  Relationships: [
                    
                  ]
                },"byok_api_keys": {
                  Row: {
                    "created_at": string,"expires_at": string | null,"hint": string,"key_id": string,"label": string,"last_used_at": string | null,"owner_id": string,"provider": string,"revoked_at": string | null,"rotated_at": string | null,"sealed": string | null,"sealed_by": string | null,"byok_document": Json | null
                  }
                  ComputedFields: "byok_document"
                  Insert: {
                    "created_at"?: string,"expires_at"?: string | null,"hint": string,"key_id": string,"label"?: string,"last_used_at"?: string | null,"owner_id": string,"provider": string,"revoked_at"?: string | null,"rotated_at"?: string | null,"sealed"?: string | null,"sealed_by"?: never
                  }
                  Update: {
                    "created_at"?: string,"expires_at"?: string | null,"hint"?: string,"key_id"?: string,"label"?: string,"last_used_at"?: string | null,"owner_id"?: string,"provider"?: string,"revoked_at"?: string | null,"rotated_at"?: string | null,"sealed"?: string | null,"sealed_by"?: never
                  }
                  Relationships: [
                    
                  ]
                },"reservations": {
                  Row: {
                    "amount_usd": number,"counted": boolean,"created_at": string,"job_id": number,"on_platform": boolean,"owner_id": string,"reservation_id": number,"settled_at": string | null,"spender_id": string,"spent_usd": number,"under_way": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_usd": number,"counted"?: boolean,"created_at"?: string,"job_id": number,"on_platform": boolean,"owner_id": string,"reservation_id"?: never,"settled_at"?: string | null,"spender_id": string,"spent_usd"?: number,"under_way"?: boolean
                  }
                  Update: {
                    "amount_usd"?: number,"counted"?: boolean,"created_at"?: string,"job_id"?: number,"on_platform"?: boolean,"owner_id"?: string,"reservation_id"?: never,"settled_at"?: string | null,"spender_id"?: string,"spent_usd"?: number,"under_way"?: boolean
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "attempt_failed":
{ Args: { "cost_usd": number,"job_id": number }; Returns: undefined
                           },
"byok_document":
{ Args: { "key": Omit<Database["lensers"]['Tables']["byok_api_keys"]['Row'], Database["lensers"]['Tables']["byok_api_keys"]['ComputedFields']> }; Returns: Json
                           },
"byok_for_claim":
{ Args: { "key_id": string,"owner_id": string,"provider": string }; Returns: Json
                           },
"byok_keys_refusal":
{ Args: { "byok_keys": Json,"owner_id": string,"path"?: string }; Returns: Json
                           },
"byok_refusal":
{ Args: { "key": Omit<Database["lensers"]['Tables']["byok_api_keys"]['Row'], Database["lensers"]['Tables']["byok_api_keys"]['ComputedFields']>,"owner_id": string,"provider": string }; Returns: Json
                           },
"charge":
{ Args: { "cost_usd": number,"job_id": number }; Returns: undefined
                           },
"charge_on":
{ Args: { "cost_usd": number,"job_id": number,"limited": boolean,"on_platform": boolean,"owner_id": string,"spender_id": string }; Returns: undefined
                           },
"count_settled":
{ Args: { "owner_id": string }; Returns: undefined
                           },
"fn_budgets_get":
{ Args: { "owner_id": string }; Returns: Json
                           },
"fn_budgets_set":
{ Args: { "limit_usd": number,"owner_id": string,"period"?: string }; Returns: Json
                           },
"fn_byok_add":
{ Args: { "expires_at"?: string,"hint": string,"key_id": string,"label"?: string,"owner_id": string,"provider": string,"sealed": string }; Returns: Json
                           },
"fn_byok_get":
{ Args: { "key_id": string,"owner_id": string }; Returns: Json
                           },
"fn_byok_list":
{ Args: { "owner_id": string }; Returns: Json
                           },
"fn_byok_resealed":
{ Args: { "key_id": string,"sealed": string,"sealed_before": string }; Returns: boolean
                           },
"fn_byok_revoke":
{ Args: { "key_id": string,"owner_id": string }; Returns: Json
                           },
"fn_byok_rotate":
{ Args: { "expires_at"?: string,"hint": string,"key_id": string,"owner_id": string,"sealed": string }; Returns: Json
                           },
"fn_byok_to_reseal":
{ Args: { "after_key_id"?: string,"master_key_id": string,"most"?: number }; Returns: Json
                           },
"forget_reservations":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"fund_claimed":
{ Args: { "budgeted": (Database["lensers"]['CompositeTypes']["priced_job"])[],"jobs": Json }; Returns: Json
                           },
"period_start":
{ Args: { "period": string,"started_at": string }; Returns: string
                           },
"reserve":
{ Args: { "wanted": (Database["lensers"]['CompositeTypes']["priced_job"])[] }; Returns: Json
                           },
"settle":
{ Args: { "cost_usd": number,"job_id": number }; Returns: boolean
                           },
"settle_cancelled":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"spending_of":
{ Args: { "spender_id": string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            "priced_job": {
                        "job_id": number | null,"owner_id": string | null,"spender_id": string | null,"spender_limit_usd": number | null,"amount_usd": number | null,"on_platform": boolean | null
                      }
          }
        },"lenses": {
          Tables: {
            "callable_rpcs": {
                  Row: {
                    "created_at": string,"function_name": string,"max_rows": number,"note": string,"schema_name": string,"writes": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"function_name": string,"max_rows"?: number,"note"?: string,"schema_name": string,"writes"?: boolean
                  }
                  Update: {
                    "created_at"?: string,"function_name"?: string,"max_rows"?: number,"note"?: string,"schema_name"?: string,"writes"?: boolean
                  }
                  Relationships: [
                    
                  ]
                },"lenses": {
                  Row: {
                    "archived_at": string | null,"created_at": string,"description": string,"forked_from_version_id": string | null,"lens_id": string,"owner_id": string,"title": string,"visibility": Database["lenses"]['Enums']["visibility"]
                  }
                  ComputedFields: never
                  Insert: {
                    "archived_at"?: string | null,"created_at"?: string,"description"?: string,"forked_from_version_id"?: string | null,"lens_id"?: string,"owner_id": string,"title": string,"visibility"?: Database["lenses"]['Enums']["visibility"]
                  }
                  Update: {
                    "archived_at"?: string | null,"created_at"?: string,"description"?: string,"forked_from_version_id"?: string | null,"lens_id"?: string,"owner_id"?: string,"title"?: string,"visibility"?: Database["lenses"]['Enums']["visibility"]
                  }
                  Relationships: [
                    
                  ]
                },"schedule_dues": {
                  Row: {
                    "due_at": string,"queued_at": string | null,"trigger_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "due_at": string,"queued_at"?: string | null,"trigger_id": string
                  }
                  Update: {
                    "due_at"?: string,"queued_at"?: string | null,"trigger_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "schedule_dues_trigger_id_fkey"
      columns: ["trigger_id"]
isOneToOne: false
      referencedRelation: "workflow_triggers"
      referencedColumns: ["trigger_id"]
    }
                  ]
                },"trigger_firings": {
                  Row: {
                    "created_at": string,"depth": number,"due_at": string | null,"event": Json | null,"event_key": string | null,"firing_id": number,"message": string | null,"outcome": string,"refused": string | null,"run_id": string | null,"trigger_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"depth"?: number,"due_at"?: string | null,"event"?: Json | null,"event_key"?: string | null,"firing_id"?: never,"message"?: string | null,"outcome": string,"refused"?: string | null,"run_id"?: string | null,"trigger_id": string
                  }
                  Update: {
                    "created_at"?: string,"depth"?: number,"due_at"?: string | null,"event"?: Json | null,"event_key"?: string | null,"firing_id"?: never,"message"?: string | null,"outcome"?: string,"refused"?: string | null,"run_id"?: string | null,"trigger_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "trigger_firings_trigger_id_fkey"
      columns: ["trigger_id"]
isOneToOne: false
      referencedRelation: "workflow_triggers"
      referencedColumns: ["trigger_id"]
    }
                  ]
                },"trigger_receipts": {
                  Row: {
                    "body_sha256": string,"message_id": string,"received_at": string,"run_id": string,"trigger_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "body_sha256": string,"message_id": string,"received_at"?: string,"run_id": string,"trigger_id": string
                  }
                  Update: {
                    "body_sha256"?: string,"message_id"?: string,"received_at"?: string,"run_id"?: string,"trigger_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "trigger_receipts_trigger_id_fkey"
      columns: ["trigger_id"]
isOneToOne: false
      referencedRelation: "workflow_triggers"
      referencedColumns: ["trigger_id"]
    }
                  ]
                },"versions": {
                  Row: {
                    "content_hash": string,"created_at": string,"input_contract": NonNullable<Json>,"kind": Database["lenses"]['Enums']["lens_kind"],"lens_id": string,"max_tokens": number | null,"model_key": string | null,"note": string,"number": number,"output_contract": Json | null,"published_at": string | null,"system_prompt": string | null,"temperature": number | null,"template": string,"version_id": string,"lens_document": Json | null
                  }
                  ComputedFields: "lens_document"
                  Insert: {
                    "content_hash": string,"created_at"?: string,"input_contract"?: NonNullable<Json>,"kind": Database["lenses"]['Enums']["lens_kind"],"lens_id": string,"max_tokens"?: number | null,"model_key"?: string | null,"note"?: string,"number": number,"output_contract"?: Json | null,"published_at"?: string | null,"system_prompt"?: string | null,"temperature"?: number | null,"template": string,"version_id"?: string
                  }
                  Update: {
                    "content_hash"?: string,"created_at"?: string,"input_contract"?: NonNullable<Json>,"kind"?: Database["lenses"]['Enums']["lens_kind"],"lens_id"?: string,"max_tokens"?: number | null,"model_key"?: string | null,"note"?: string,"number"?: number,"output_contract"?: Json | null,"published_at"?: string | null,"system_prompt"?: string | null,"temperature"?: number | null,"template"?: string,"version_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "versions_lens_id_fkey"
      columns: ["lens_id"]
isOneToOne: false
      referencedRelation: "lenses"
      referencedColumns: ["lens_id"]
    }
                  ]
                },"workflow_edges": {
                  Row: {
                    "condition": Json | null,"merge_strategy": string | null,"ordinal": number,"source_node_id": string,"source_output_key": string,"source_port": string,"target_node_id": string,"target_param_label": string,"version_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "condition"?: Json | null,"merge_strategy"?: string | null,"ordinal": number,"source_node_id": string,"source_output_key"?: string,"source_port"?: string,"target_node_id": string,"target_param_label"?: string,"version_id": string
                  }
                  Update: {
                    "condition"?: Json | null,"merge_strategy"?: string | null,"ordinal"?: number,"source_node_id"?: string,"source_output_key"?: string,"source_port"?: string,"target_node_id"?: string,"target_param_label"?: string,"version_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_edges_version_id_fkey"
      columns: ["version_id"]
isOneToOne: false
      referencedRelation: "workflow_versions"
      referencedColumns: ["version_id"]
    },{
      foreignKeyName: "workflow_edges_version_id_source_node_id_fkey"
      columns: ["version_id","source_node_id"]
isOneToOne: false
      referencedRelation: "workflow_nodes"
      referencedColumns: ["version_id","node_id"]
    },{
      foreignKeyName: "workflow_edges_version_id_target_node_id_fkey"
      columns: ["version_id","target_node_id"]
isOneToOne: false
      referencedRelation: "workflow_nodes"
      referencedColumns: ["version_id","node_id"]
    }
                  ]
                },"workflow_node_results": {
                  Row: {
                    "children_open": number,"contender_id": string | null,"cost_usd": number | null,"deadline_at": string | null,"done_before": number,"edges_failed": number,"edges_open": number,"edges_taken": number,"error": Json | null,"finished_at": string | null,"input_tokens": number | null,"job_id": number | null,"latency_ms": number | null,"node_id": string,"ordinal": number,"output_data": Json | null,"output_tokens": number | null,"ports": (string)[] | null,"queued_at": string | null,"reason": string | null,"resolved_input": Json | null,"result_id": string,"reused": boolean,"run_id": string,"status": Database["lenses"]['Enums']["node_status"],"wave": number,"wire_model": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "children_open"?: number,"contender_id"?: string | null,"cost_usd"?: number | null,"deadline_at"?: string | null,"done_before"?: number,"edges_failed"?: number,"edges_open": number,"edges_taken"?: number,"error"?: Json | null,"finished_at"?: string | null,"input_tokens"?: number | null,"job_id"?: number | null,"latency_ms"?: number | null,"node_id": string,"ordinal": number,"output_data"?: Json | null,"output_tokens"?: number | null,"ports"?: (string)[] | null,"queued_at"?: string | null,"reason"?: string | null,"resolved_input"?: Json | null,"result_id"?: string,"reused"?: boolean,"run_id": string,"status"?: Database["lenses"]['Enums']["node_status"],"wave": number,"wire_model"?: string | null
                  }
                  Update: {
                    "children_open"?: number,"contender_id"?: string | null,"cost_usd"?: number | null,"deadline_at"?: string | null,"done_before"?: number,"edges_failed"?: number,"edges_open"?: number,"edges_taken"?: number,"error"?: Json | null,"finished_at"?: string | null,"input_tokens"?: number | null,"job_id"?: number | null,"latency_ms"?: number | null,"node_id"?: string,"ordinal"?: number,"output_data"?: Json | null,"output_tokens"?: number | null,"ports"?: (string)[] | null,"queued_at"?: string | null,"reason"?: string | null,"resolved_input"?: Json | null,"result_id"?: string,"reused"?: boolean,"run_id"?: string,"status"?: Database["lenses"]['Enums']["node_status"],"wave"?: number,"wire_model"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_node_results_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "workflow_runs"
      referencedColumns: ["run_id"]
    }
                  ]
                },"workflow_nodes": {
                  Row: {
                    "concurrency_key": string | null,"concurrency_limit": number | null,"config": NonNullable<Json>,"cost_estimate_usd": number | null,"credential_id": string | null,"credential_provider": string | null,"deadline_group": string | null,"deadline_ms": number | null,"edges_in": number,"funding_source": Database["battles"]['Enums']["funding_source"] | null,"job_kind": string,"join_policy": string,"label": string,"lens": Json | null,"lens_version_id": string | null,"limit_key": string | null,"max_attempts": number,"model_key": string | null,"node_id": string,"node_type": string,"on_parent_failure": string,"ordinal": number,"provider": string | null,"side_effects": boolean,"simulated": boolean,"version_id": string,"wave": number,"task_budget": string | null
                  }
                  ComputedFields: "task_budget"
                  Insert: {
                    "concurrency_key"?: string | null,"concurrency_limit"?: number | null,"config"?: NonNullable<Json>,"cost_estimate_usd"?: number | null,"credential_id"?: string | null,"credential_provider"?: string | null,"deadline_group"?: string | null,"deadline_ms"?: number | null,"edges_in": number,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"job_kind": string,"join_policy"?: string,"label": string,"lens"?: Json | null,"lens_version_id"?: string | null,"limit_key"?: string | null,"max_attempts"?: number,"model_key"?: string | null,"node_id": string,"node_type": string,"on_parent_failure"?: string,"ordinal": number,"provider"?: string | null,"side_effects"?: boolean,"simulated"?: boolean,"version_id": string,"wave": number
                  }
                  Update: {
                    "concurrency_key"?: string | null,"concurrency_limit"?: number | null,"config"?: NonNullable<Json>,"cost_estimate_usd"?: number | null,"credential_id"?: string | null,"credential_provider"?: string | null,"deadline_group"?: string | null,"deadline_ms"?: number | null,"edges_in"?: number,"funding_source"?: Database["battles"]['Enums']["funding_source"] | null,"job_kind"?: string,"join_policy"?: string,"label"?: string,"lens"?: Json | null,"lens_version_id"?: string | null,"limit_key"?: string | null,"max_attempts"?: number,"model_key"?: string | null,"node_id"?: string,"node_type"?: string,"on_parent_failure"?: string,"ordinal"?: number,"provider"?: string | null,"side_effects"?: boolean,"simulated"?: boolean,"version_id"?: string,"wave"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_nodes_version_id_fkey"
      columns: ["version_id"]
isOneToOne: false
      referencedRelation: "workflow_versions"
      referencedColumns: ["version_id"]
    }
                  ]
                },"workflow_run_events": {
                  Row: {
                    "created_at": string,"data": NonNullable<Json>,"event_id": number,"node_id": string | null,"run_id": string,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"data"?: NonNullable<Json>,"event_id"?: never,"node_id"?: string | null,"run_id": string,"type": string
                  }
                  Update: {
                    "created_at"?: string,"data"?: NonNullable<Json>,"event_id"?: never,"node_id"?: string | null,"run_id"?: string,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_run_events_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "workflow_runs"
      referencedColumns: ["run_id"]
    }
                  ]
                },"workflow_runs": {
                  Row: {
                    "budget_usd": number | null,"byok_keys": NonNullable<Json>,"caller_job_id": number | null,"contender_id": string | null,"context_inputs": NonNullable<Json>,"created_at": string,"deadline_at": string | null,"depth": number,"dry_run": boolean,"error": Json | null,"finished_at": string | null,"forked_from_node_id": string | null,"forked_from_run_id": string | null,"idempotency_key": string | null,"in_flight": number,"input_overrides": NonNullable<Json>,"inputs_hash": string,"item_index": number | null,"local_providers": (string)[],"max_in_flight": number,"nodes_open": number,"output": Json | null,"owner_id": string,"parent_node_id": string | null,"parent_run_id": string | null,"pinned": NonNullable<Json>,"priority": number,"root_run_id": string,"run_id": string,"scheduled_for": string | null,"scheduling": string,"spender_id": string | null,"started_at": string | null,"status": Database["lenses"]['Enums']["run_status"],"trigger_id": string | null,"trigger_mode": string,"variables": NonNullable<Json>,"version_id": string,"wave": number,"workflow_id": string | null,"bind_child": Json | null,"child_ended": undefined | null,"run_output": Json | null,"run_shown": Json | null
                  }
                  ComputedFields: "bind_child" | "child_ended" | "run_output" | "run_shown"
                  Insert: {
                    "budget_usd"?: number | null,"byok_keys"?: NonNullable<Json>,"caller_job_id"?: number | null,"contender_id"?: string | null,"context_inputs"?: NonNullable<Json>,"created_at"?: string,"deadline_at"?: string | null,"depth"?: number,"dry_run"?: boolean,"error"?: Json | null,"finished_at"?: string | null,"forked_from_node_id"?: string | null,"forked_from_run_id"?: string | null,"idempotency_key"?: string | null,"in_flight"?: number,"input_overrides"?: NonNullable<Json>,"inputs_hash"?: string,"item_index"?: number | null,"local_providers"?: (string)[],"max_in_flight": number,"nodes_open"?: number,"output"?: Json | null,"owner_id": string,"parent_node_id"?: string | null,"parent_run_id"?: string | null,"pinned"?: NonNullable<Json>,"priority"?: number,"root_run_id": string,"run_id"?: string,"scheduled_for"?: string | null,"scheduling": string,"spender_id"?: string | null,"started_at"?: string | null,"status"?: Database["lenses"]['Enums']["run_status"],"trigger_id"?: string | null,"trigger_mode"?: string,"variables"?: NonNullable<Json>,"version_id": string,"wave"?: number,"workflow_id"?: string | null
                  }
                  Update: {
                    "budget_usd"?: number | null,"byok_keys"?: NonNullable<Json>,"caller_job_id"?: number | null,"contender_id"?: string | null,"context_inputs"?: NonNullable<Json>,"created_at"?: string,"deadline_at"?: string | null,"depth"?: number,"dry_run"?: boolean,"error"?: Json | null,"finished_at"?: string | null,"forked_from_node_id"?: string | null,"forked_from_run_id"?: string | null,"idempotency_key"?: string | null,"in_flight"?: number,"input_overrides"?: NonNullable<Json>,"inputs_hash"?: string,"item_index"?: number | null,"local_providers"?: (string)[],"max_in_flight"?: number,"nodes_open"?: number,"output"?: Json | null,"owner_id"?: string,"parent_node_id"?: string | null,"parent_run_id"?: string | null,"pinned"?: NonNullable<Json>,"priority"?: number,"root_run_id"?: string,"run_id"?: string,"scheduled_for"?: string | null,"scheduling"?: string,"spender_id"?: string | null,"started_at"?: string | null,"status"?: Database["lenses"]['Enums']["run_status"],"trigger_id"?: string | null,"trigger_mode"?: string,"variables"?: NonNullable<Json>,"version_id"?: string,"wave"?: number,"workflow_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_runs_parent_run_id_fkey"
      columns: ["parent_run_id"]
isOneToOne: false
      referencedRelation: "workflow_runs"
      referencedColumns: ["run_id"]
    },{
      foreignKeyName: "workflow_runs_version_id_fkey"
      columns: ["version_id"]
isOneToOne: false
      referencedRelation: "workflow_versions"
      referencedColumns: ["version_id"]
    },{
      foreignKeyName: "workflow_runs_workflow_id_fkey"
      columns: ["workflow_id"]
isOneToOne: false
      referencedRelation: "workflows"
      referencedColumns: ["workflow_id"]
    }
                  ]
                },"workflow_triggers": {
                  Row: {
                    "budget_usd": number | null,"byok_keys": NonNullable<Json>,"config": NonNullable<Json>,"consecutive_failures": number,"created_at": string,"disabled_at": string | null,"disabled_reason": string | null,"dues_until": string | null,"enabled": boolean,"inputs": NonNullable<Json>,"kind": string,"last_due_at": string | null,"look_at": string | null,"owner_id": string,"previous_sealed_secret": string | null,"previous_secret_sha256": string | null,"previous_valid_until": string | null,"refill_after": string | null,"refill_job_id": number | null,"requires_approval": boolean,"revision": number,"sealed_secret": string | null,"secret_sha256": string | null,"title": string,"trigger_id": string,"updated_at": string,"version_id": string | null,"workflow_id": string,"trigger_shown": Json | null
                  }
                  ComputedFields: "trigger_shown"
                  Insert: {
                    "budget_usd"?: number | null,"byok_keys"?: NonNullable<Json>,"config"?: NonNullable<Json>,"consecutive_failures"?: number,"created_at"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"dues_until"?: string | null,"enabled"?: boolean,"inputs"?: NonNullable<Json>,"kind": string,"last_due_at"?: string | null,"look_at"?: string | null,"owner_id": string,"previous_sealed_secret"?: string | null,"previous_secret_sha256"?: string | null,"previous_valid_until"?: string | null,"refill_after"?: string | null,"refill_job_id"?: number | null,"requires_approval"?: boolean,"revision"?: number,"sealed_secret"?: string | null,"secret_sha256"?: string | null,"title"?: string,"trigger_id"?: string,"updated_at"?: string,"version_id"?: string | null,"workflow_id": string
                  }
                  Update: {
                    "budget_usd"?: number | null,"byok_keys"?: NonNullable<Json>,"config"?: NonNullable<Json>,"consecutive_failures"?: number,"created_at"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"dues_until"?: string | null,"enabled"?: boolean,"inputs"?: NonNullable<Json>,"kind"?: string,"last_due_at"?: string | null,"look_at"?: string | null,"owner_id"?: string,"previous_sealed_secret"?: string | null,"previous_secret_sha256"?: string | null,"previous_valid_until"?: string | null,"refill_after"?: string | null,"refill_job_id"?: number | null,"requires_approval"?: boolean,"revision"?: number,"sealed_secret"?: string | null,"secret_sha256"?: string | null,"title"?: string,"trigger_id"?: string,"updated_at"?: string,"version_id"?: string | null,"workflow_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_triggers_version_id_fkey"
      columns: ["version_id"]
isOneToOne: false
      referencedRelation: "workflow_versions"
      referencedColumns: ["version_id"]
    },{
      foreignKeyName: "workflow_triggers_workflow_id_fkey"
      columns: ["workflow_id"]
isOneToOne: false
      referencedRelation: "workflows"
      referencedColumns: ["workflow_id"]
    }
                  ]
                },"workflow_versions": {
                  Row: {
                    "budget_usd": number | null,"capabilities": (string)[],"content_hash": string,"created_at": string,"document": NonNullable<Json>,"max_in_flight": number,"note": string,"number": number | null,"output_node_id": string | null,"published_at": string | null,"scheduling": string,"timeout_ms": number | null,"version_id": string,"workflow_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "budget_usd"?: number | null,"capabilities"?: (string)[],"content_hash": string,"created_at"?: string,"document": NonNullable<Json>,"max_in_flight"?: number,"note"?: string,"number"?: number | null,"output_node_id"?: string | null,"published_at"?: string | null,"scheduling"?: string,"timeout_ms"?: number | null,"version_id"?: string,"workflow_id"?: string | null
                  }
                  Update: {
                    "budget_usd"?: number | null,"capabilities"?: (string)[],"content_hash"?: string,"created_at"?: string,"document"?: NonNullable<Json>,"max_in_flight"?: number,"note"?: string,"number"?: number | null,"output_node_id"?: string | null,"published_at"?: string | null,"scheduling"?: string,"timeout_ms"?: number | null,"version_id"?: string,"workflow_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_versions_workflow_id_fkey"
      columns: ["workflow_id"]
isOneToOne: false
      referencedRelation: "workflows"
      referencedColumns: ["workflow_id"]
    }
                  ]
                },"workflow_waits": {
                  Row: {
                    "answer": Json | null,"answered_at": string | null,"begun_at": string,"children_max": number | null,"ended_at": string | null,"expires_at": string,"fail_fast": boolean,"node_id": string,"prompt": string | null,"result_id": string,"run_id": string,"state": NonNullable<Json>,"token_sha256": string | null,"wait_id": number,"waits_for": string
                  }
                  ComputedFields: never
                  Insert: {
                    "answer"?: Json | null,"answered_at"?: string | null,"begun_at"?: string,"children_max"?: number | null,"ended_at"?: string | null,"expires_at": string,"fail_fast"?: boolean,"node_id": string,"prompt"?: string | null,"result_id": string,"run_id": string,"state"?: NonNullable<Json>,"token_sha256"?: string | null,"wait_id"?: never,"waits_for": string
                  }
                  Update: {
                    "answer"?: Json | null,"answered_at"?: string | null,"begun_at"?: string,"children_max"?: number | null,"ended_at"?: string | null,"expires_at"?: string,"fail_fast"?: boolean,"node_id"?: string,"prompt"?: string | null,"result_id"?: string,"run_id"?: string,"state"?: NonNullable<Json>,"token_sha256"?: string | null,"wait_id"?: never,"waits_for"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workflow_waits_run_id_node_id_fkey"
      columns: ["run_id","node_id"]
isOneToOne: false
      referencedRelation: "workflow_node_results"
      referencedColumns: ["run_id","node_id"]
    }
                  ]
                },"workflows": {
                  Row: {
                    "archived_at": string | null,"created_at": string,"description": string,"forked_from_version_id": string | null,"owner_id": string,"title": string,"visibility": Database["lenses"]['Enums']["visibility"],"workflow_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "archived_at"?: string | null,"created_at"?: string,"description"?: string,"forked_from_version_id"?: string | null,"owner_id": string,"title": string,"visibility"?: Database["lenses"]['Enums']["visibility"],"workflow_id"?: string
                  }
                  Update: {
                    "archived_at"?: string | null,"created_at"?: string,"description"?: string,"forked_from_version_id"?: string | null,"owner_id"?: string,"title"?: string,"visibility"?: Database["lenses"]['Enums']["visibility"],"workflow_id"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "version_parameters": {
                  Row: {
                    "default_value": Json | null,"description": string | null,"field": Json | null,"label": string | null,"ordinal": number | null,"required": boolean | null,"type": string | null,"version_id": string
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "add_firing":
{ Args: { "depth"?: number,"event": Json,"event_key": string,"trigger": Omit<Database["lenses"]['Tables']["workflow_triggers"]['Row'], Database["lenses"]['Tables']["workflow_triggers"]['ComputedFields']> }; Returns: number
                           },
"advance":
{ Args: { "ended": (string)[],"run_id": string }; Returns: undefined
                           },
"answer_simulated":
{ Args: { "result_id": string }; Returns: boolean
                           },
"answer_wait":
{ Args: { "answer": Json,"waiting": Omit<Database["lenses"]['Tables']["workflow_waits"]['Row'], Database["lenses"]['Tables']["workflow_waits"]['ComputedFields']> }; Returns: string
                           },
"answered_locally":
{ Args: { "lens": Json,"node_type": string }; Returns: boolean
                           },
"begin_run":
{ Args: { "run_id": string }; Returns: undefined
                           },
"bind_child":
{ Args: { "child": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"cancel_children":
{ Args: { "node_id": string,"reason": string,"run_id": string }; Returns: undefined
                           },
"caused_depth":
{ Args: { "battle_id": string }; Returns: number
                           },
"child_ended":
{ Args: { "child": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: undefined
                           },
"close_nodes":
{ Args: { "reason": string,"run_id": string }; Returns: undefined
                           },
"close_run":
{ Args: { "error": Json,"run_id": string,"status": Database["lenses"]['Enums']["run_status"],"tell_parent"?: boolean }; Returns: undefined
                           },
"condition_holds":
{ Args: { "condition": Json,"envelope": Json }; Returns: boolean
                           },
"contending_version":
{ Args: { "owner_id": string,"wanted": Json }; Returns: Json
                           },
"contends":
{ Args: { "root_run_id": string }; Returns: Json
                           },
"context_refusal":
{ Args: { "result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']>,"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']>,"sources": (string)[] }; Returns: Json
                           },
"copy_run":
{ Args: { "changes": Json,"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']>,"trigger_mode": string }; Returns: string
                           },
"decide":
{ Args: { "node_ids": (string)[],"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: (string)[]
                           },
"disable_trigger":
{ Args: { "reason": string,"trigger_id": string }; Returns: undefined
                           },
"dispatch_due":
{ Args: { "most_runs": number,"trigger": Omit<Database["lenses"]['Tables']["workflow_triggers"]['Row'], Database["lenses"]['Tables']["workflow_triggers"]['ComputedFields']> }; Returns: number
                           },
"edge_outcome":
{ Args: { "edge": Omit<Database["lenses"]['Tables']["workflow_edges"]['Row'], Database["lenses"]['Tables']["workflow_edges"]['ComputedFields']>,"source": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']> }; Returns: string
                           },
"edges_from":
{ Args: { "node_ids": (string)[],"version_id": string }; Returns: {
              "condition": Json | null,
"merge_strategy": string | null,
"ordinal": number,
"source_node_id": string,
"source_output_key": string,
"source_port": string,
"target_node_id": string,
"target_param_label": string,
"version_id": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "workflow_edges"
        isOneToOne: false
        isSetofReturn: true
      } },
"end_node":
{ Args: { "error"?: Json,"result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']>,"status": Database["lenses"]['Enums']["node_status"] }; Returns: undefined
                           },
"end_run":
{ Args: { "run_id": string,"stopped_with": Json }; Returns: undefined
                           },
"ended_jobs":
{ Args: { "job_ids": (number)[] }; Returns: (number)[]
                           },
"enqueue_nodes":
{ Args: { "node_ids": (string)[],"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: undefined
                           },
"fn_call_allowed":
{ Args: { "name": string,"owner_id": string,"params"?: Json }; Returns: Json
                           },
"fn_contending_versions":
{ Args: { "owner_id": string,"wanted": Json }; Returns: Json
                           },
"fn_dispatch_scheduled_workflows":
{ Args: { "most"?: number }; Returns: number
                           },
"fn_end_overdue_runs":
{ Args: { "most"?: number }; Returns: number
                           },
"fn_hooks_fire":
{ Args: { "body_sha256": string,"given": Json,"message_id"?: string,"trigger_id": string }; Returns: Json
                           },
"fn_hooks_open":
{ Args: { "trigger_id": string }; Returns: Json
                           },
"fn_hooks_resealed":
{ Args: { "sealed": string,"sealed_before": string,"trigger_id": string }; Returns: boolean
                           },
"fn_hooks_result":
{ Args: { "run_id": string,"trigger_id": string }; Returns: Json
                           },
"fn_hooks_to_reseal":
{ Args: { "after_trigger_id"?: string,"master_key_id": string,"most"?: number }; Returns: Json
                           },
"fn_lenses_archive":
{ Args: { "lens_id": string,"owner_id": string }; Returns: boolean
                           },
"fn_lenses_create":
{ Args: { "lens": Json,"owner_id": string }; Returns: Json
                           },
"fn_lenses_fork":
{ Args: { "fork"?: Json,"lens_id": string,"owner_id": string }; Returns: Json
                           },
"fn_lenses_get":
{ Args: { "lens_id": string,"number"?: number,"viewer_id": string }; Returns: Json
                           },
"fn_lenses_list":
{ Args: { "cursor"?: string,"filter"?: Json,"most"?: number,"viewer_id": string }; Returns: Json
                           },
"fn_lenses_publish":
{ Args: { "lens_id": string,"number"?: number,"owner_id": string }; Returns: Json
                           },
"fn_lenses_save":
{ Args: { "lens": Json,"lens_id": string,"owner_id": string }; Returns: Json
                           },
"fn_lenses_versions":
{ Args: { "lens_id": string,"viewer_id": string }; Returns: Json
                           },
"fn_local_claim":
{ Args: { "driver": string,"most"?: number,"owner_id": string,"providers": (string)[] }; Returns: Json
                           },
"fn_local_complete":
{ Args: { "job_id": number,"lease_token": number,"owner_id": string,"result": Json }; Returns: string
                           },
"fn_local_fail":
{ Args: { "backoff_ms"?: number,"error": Json,"job_id": number,"lease_token": number,"notes"?: Json,"owner_id": string }; Returns: string
                           },
"fn_local_give_back":
{ Args: { "job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"fn_local_heartbeat":
{ Args: { "checkpoint"?: Json,"delta"?: Json,"job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"fn_run_events_after":
{ Args: { "after_event_id"?: number,"most"?: number,"run_id": string,"viewer_id": string }; Returns: Json
                           },
"fn_start_workflow_run":
{ Args: { "owner_id": string,"run": Json }; Returns: Json
                           },
"fn_triggers_create":
{ Args: { "owner_id": string,"trigger": Json }; Returns: Json
                           },
"fn_triggers_delete":
{ Args: { "owner_id": string,"trigger_id": string }; Returns: boolean
                           },
"fn_triggers_fire":
{ Args: { "given"?: Json,"owner_id": string,"trigger_id": string }; Returns: Json
                           },
"fn_triggers_firings":
{ Args: { "cursor"?: number,"most"?: number,"owner_id": string,"trigger_id": string }; Returns: Json
                           },
"fn_triggers_get":
{ Args: { "owner_id": string,"trigger_id": string }; Returns: Json
                           },
"fn_triggers_list":
{ Args: { "owner_id": string,"workflow_id"?: string }; Returns: Json
                           },
"fn_triggers_rotate_secret":
{ Args: { "old_valid_s"?: number,"owner_id": string,"secret": Json,"trigger_id": string }; Returns: Json
                           },
"fn_triggers_update":
{ Args: { "changes": Json,"owner_id": string,"trigger_id": string }; Returns: Json
                           },
"fn_versions_store_nested":
{ Args: { "compiled": Json }; Returns: string
                           },
"fn_waits_answer":
{ Args: { "answer": Json,"token_sha256": string }; Returns: string
                           },
"fn_waits_get":
{ Args: { "token_sha256": string }; Returns: Json
                           },
"fn_worker_battle":
{ Args: { "battle_id": string,"owner_id": string }; Returns: Json
                           },
"fn_worker_checkpoint_node":
{ Args: { "checkpoint": Json,"delta"?: Json,"job_id": number,"lease_token": number,"yields"?: boolean }; Returns: boolean
                           },
"fn_worker_claim_queued_run":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_schedule_refills":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_workflow_nodes":
{ Args: { "driver": string,"kind": string,"most"?: number }; Returns: Json
                           },
"fn_worker_claim_workflow_triggers":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_worker_complete_execution_run":
{ Args: { "job_id": number,"lease_token": number,"result": Json }; Returns: boolean
                           },
"fn_worker_complete_workflow_node":
{ Args: { "job_id": number,"lease_token": number,"result": Json }; Returns: boolean
                           },
"fn_worker_complete_workflow_nodes":
{ Args: { "ends": Json }; Returns: Json
                           },
"fn_worker_create_battle":
{ Args: { "battle": Json,"job_id": number,"lease_token": number }; Returns: Json
                           },
"fn_worker_end_open_slots":
{ Args: { "battle_id": string,"job_id": number,"lease_token": number }; Returns: number
                           },
"fn_worker_fail_trigger_job":
{ Args: { "backoff_ms": number,"error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_worker_fail_workflow_node":
{ Args: { "backoff_ms"?: number,"error": Json,"job_id": number,"lease_token": number,"notes"?: Json }; Returns: string
                           },
"fn_worker_fire_trigger":
{ Args: { "job_id": number,"lease_token": number }; Returns: Json
                           },
"fn_worker_go_on_from_node":
{ Args: { "driver": string,"job_id": number,"kind": string,"lease_token": number,"result": Json }; Returns: Json
                           },
"fn_worker_open_node_task":
{ Args: { "job_id": number,"lease_token": number,"task": Json }; Returns: boolean
                           },
"fn_worker_repark_node_task":
{ Args: { "job_id": number,"lease_token": number,"poll_after_ms": number,"progress"?: number }; Returns: boolean
                           },
"fn_worker_suspend_workflow_node":
{ Args: { "job_id": number,"lease_token": number,"wait": Json }; Returns: boolean
                           },
"fn_worker_take_slot":
{ Args: { "battle_id": string,"job_id": number,"lease_token": number,"slot": string }; Returns: Json
                           },
"fn_worker_write_dues":
{ Args: { "dues": Json,"job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_workflow_runs_answer":
{ Args: { "answer": Json,"node_id": string,"owner_id": string,"run_id": string }; Returns: string
                           },
"fn_workflow_runs_approve":
{ Args: { "approved": boolean,"note"?: string,"owner_id": string,"run_id": string }; Returns: string
                           },
"fn_workflow_runs_cancel":
{ Args: { "owner_id": string,"run_id": string }; Returns: string
                           },
"fn_workflow_runs_fork":
{ Args: { "changes"?: Json,"node_id": string,"owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflow_runs_get":
{ Args: { "owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflow_runs_list":
{ Args: { "cursor"?: string,"filter"?: Json,"most"?: number,"owner_id": string }; Returns: Json
                           },
"fn_workflow_runs_replay":
{ Args: { "owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflow_runs_retry":
{ Args: { "node_id"?: string,"owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflow_runs_transcript":
{ Args: { "owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflow_runs_wait":
{ Args: { "node_id": string,"owner_id": string,"run_id": string }; Returns: Json
                           },
"fn_workflows_archive":
{ Args: { "owner_id": string,"workflow_id": string }; Returns: boolean
                           },
"fn_workflows_create":
{ Args: { "compiled": Json,"owner_id": string,"workflow": Json }; Returns: Json
                           },
"fn_workflows_get":
{ Args: { "number"?: number,"viewer_id": string,"workflow_id": string }; Returns: Json
                           },
"fn_workflows_known":
{ Args: { "named": Json,"owner_id": string }; Returns: Json
                           },
"fn_workflows_list":
{ Args: { "cursor"?: string,"filter"?: Json,"most"?: number,"viewer_id": string }; Returns: Json
                           },
"fn_workflows_publish":
{ Args: { "number"?: number,"owner_id": string,"workflow_id": string }; Returns: Json
                           },
"fn_workflows_save":
{ Args: { "compiled"?: Json,"owner_id": string,"workflow": Json,"workflow_id": string }; Returns: Json
                           },
"fn_workflows_versions":
{ Args: { "viewer_id": string,"workflow_id": string }; Returns: Json
                           },
"forget_dues":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_firings":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_receipts":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"forget_runs":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"give_up_local":
{ Args: { "most"?: number }; Returns: number
                           },
"held_node":
{ Args: { "job_id": number,"lease_token": number }; Returns: {
              "children_open": number,
"contender_id": string | null,
"cost_usd": number | null,
"deadline_at": string | null,
"done_before": number,
"edges_failed": number,
"edges_open": number,
"edges_taken": number,
"error": Json | null,
"finished_at": string | null,
"input_tokens": number | null,
"job_id": number | null,
"latency_ms": number | null,
"node_id": string,
"ordinal": number,
"output_data": Json | null,
"output_tokens": number | null,
"ports": (string)[] | null,
"queued_at": string | null,
"reason": string | null,
"resolved_input": Json | null,
"result_id": string,
"reused": boolean,
"run_id": string,
"status": Database["lenses"]['Enums']["node_status"],
"wave": number,
"wire_model": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "workflow_node_results"
        isOneToOne: true
        isSetofReturn: false
      } },
"input_fitted":
{ Args: { "field": Json,"value": Json }; Returns: Json
                           },
"input_misfit":
{ Args: { "field": Json,"label": string,"value": Json }; Returns: string
                           },
"inputs_refusal":
{ Args: { "declared": Json,"inputs": Json }; Returns: Json
                           },
"is_node_letter":
{ Args: { "dead_letter_id": number }; Returns: boolean
                           },
"launch":
{ Args: { "run_id": string }; Returns: undefined
                           },
"leave_slots":
{ Args: { "error": Json,"node_ids": (string)[],"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']>,"timed_out"?: boolean }; Returns: undefined
                           },
"left_out":
{ Args: { "declared": Json }; Returns: Json
                           },
"left_undone":
{ Args: { "run_id": string }; Returns: (string)[]
                           },
"lens_document":
{ Args: { "version": Omit<Database["lenses"]['Tables']["versions"]['Row'], Database["lenses"]['Tables']["versions"]['ComputedFields']> }; Returns: Json
                           },
"lens_shown":
{ Args: { "lens": Omit<Database["lenses"]['Tables']["lenses"]['Row'], Database["lenses"]['Tables']["lenses"]['ComputedFields']>,"version": Omit<Database["lenses"]['Tables']["versions"]['Row'], Database["lenses"]['Tables']["versions"]['ComputedFields']>,"viewer_id": string }; Returns: Json
                           },
"local_lease":
{ Args: { "job_id": number,"lease_token": number,"owner_id": string }; Returns: string
                           },
"local_refusal":
{ Args: { "local_providers": (string)[],"pinned": Json,"version_id": string }; Returns: Json
                           },
"lock_job_owners":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"lock_root":
{ Args: { "run_id": string }; Returns: string
                           },
"lock_trigger_owners":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"make_queues":
{ Args: { "byok_keys": Json,"local_providers": (string)[],"owner_id": string,"version_ids": (string)[] }; Returns: undefined
                           },
"make_room":
{ Args: { "room": number,"trigger_id": string }; Returns: boolean
                           },
"makes":
{ Args: { "output_node_id": string,"version_id": string }; Returns: string
                           },
"node_document":
{ Args: { "job": Database["execution"]['CompositeTypes']["claimed_job"],"node": Omit<Database["lenses"]['Tables']["workflow_nodes"]['Row'], Database["lenses"]['Tables']["workflow_nodes"]['ComputedFields']>,"result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']>,"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"node_keys":
{ Args: { "node": Omit<Database["lenses"]['Tables']["workflow_nodes"]['Row'], Database["lenses"]['Tables']["workflow_nodes"]['ComputedFields']>,"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"node_shown":
{ Args: { "node": Omit<Database["lenses"]['Tables']["workflow_nodes"]['Row'], Database["lenses"]['Tables']["workflow_nodes"]['ComputedFields']>,"result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']>,"whole": boolean }; Returns: Json
                           },
"nodes_from":
{ Args: { "node_ids": (string)[],"version_id": string }; Returns: (string)[]
                           },
"open_realtime_topics":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"owned_root":
{ Args: { "owner_id": string,"run_id": string }; Returns: {
              "budget_usd": number | null,
"byok_keys": NonNullable<Json>,
"caller_job_id": number | null,
"contender_id": string | null,
"context_inputs": NonNullable<Json>,
"created_at": string,
"deadline_at": string | null,
"depth": number,
"dry_run": boolean,
"error": Json | null,
"finished_at": string | null,
"forked_from_node_id": string | null,
"forked_from_run_id": string | null,
"idempotency_key": string | null,
"in_flight": number,
"input_overrides": NonNullable<Json>,
"inputs_hash": string,
"item_index": number | null,
"local_providers": (string)[],
"max_in_flight": number,
"nodes_open": number,
"output": Json | null,
"owner_id": string,
"parent_node_id": string | null,
"parent_run_id": string | null,
"pinned": NonNullable<Json>,
"priority": number,
"root_run_id": string,
"run_id": string,
"scheduled_for": string | null,
"scheduling": string,
"spender_id": string | null,
"started_at": string | null,
"status": Database["lenses"]['Enums']["run_status"],
"trigger_id": string | null,
"trigger_mode": string,
"variables": NonNullable<Json>,
"version_id": string,
"wave": number,
"workflow_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "workflow_runs"
        isOneToOne: true
        isSetofReturn: false
      } },
"owns_topic":
{ Args: { "topic": string,"viewer_id": string }; Returns: boolean
                           },
"parents_of":
{ Args: { "run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']>,"sources": (string)[] }; Returns: Json
                           },
"put_down_held":
{ Args: { "claimed": (Database["execution"]['CompositeTypes']["claimed_job"])[] }; Returns: (Database["execution"]['CompositeTypes']["claimed_job"])[]
                           },
"record_event":
{ Args: { "data"?: Json,"node_id"?: string,"run_id": string,"type": string }; Returns: undefined
                           },
"record_notes":
{ Args: { "notes": Json,"result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']> }; Returns: undefined
                           },
"record_start":
{ Args: { "counts": boolean,"firing_id": number,"result": Json,"trigger_id": string }; Returns: undefined
                           },
"redrive_dead_letter":
{ Args: { "dead_letter_id": number,"together": (number)[] }; Returns: string
                           },
"release_runs":
{ Args: { "held_for": string,"root_run_ids": (string)[] }; Returns: undefined
                           },
"reopen":
{ Args: { "again": (string)[],"run_id": string }; Returns: undefined
                           },
"run_cost":
{ Args: { "run_id": string }; Returns: number
                           },
"run_output":
{ Args: { "run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"run_shown":
{ Args: { "run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"run_simulated":
{ Args: { "root_run_id": string }; Returns: boolean
                           },
"run_spending":
{ Args: { "root_run_id": string }; Returns: Json
                           },
"runnable_version":
{ Args: { "owner_id": string,"run": Json }; Returns: {
              "budget_usd": number | null,
"capabilities": (string)[],
"content_hash": string,
"created_at": string,
"document": NonNullable<Json>,
"max_in_flight": number,
"note": string,
"number": number | null,
"output_node_id": string | null,
"published_at": string | null,
"scheduling": string,
"timeout_ms": number | null,
"version_id": string,
"workflow_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "workflow_versions"
        isOneToOne: true
        isSetofReturn: false
      } },
"seen_version":
{ Args: { "lens_id": string,"number"?: number,"viewer_id": string }; Returns: {
              "content_hash": string,
"created_at": string,
"input_contract": NonNullable<Json>,
"kind": Database["lenses"]['Enums']["lens_kind"],
"lens_id": string,
"max_tokens": number | null,
"model_key": string | null,
"note": string,
"number": number,
"output_contract": Json | null,
"published_at": string | null,
"system_prompt": string | null,
"temperature": number | null,
"template": string,
"version_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "versions"
        isOneToOne: true
        isSetofReturn: false
      } },
"seen_workflow_version":
{ Args: { "number"?: number,"viewer_id": string,"workflow_id": string }; Returns: {
              "budget_usd": number | null,
"capabilities": (string)[],
"content_hash": string,
"created_at": string,
"document": NonNullable<Json>,
"max_in_flight": number,
"note": string,
"number": number | null,
"output_node_id": string | null,
"published_at": string | null,
"scheduling": string,
"timeout_ms": number | null,
"version_id": string,
"workflow_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "workflow_versions"
        isOneToOne: true
        isSetofReturn: false
      } },
"sets_tags":
{ Args: { "entity_id": string,"kind"?: string,"tags": Json }; Returns: undefined
                           },
"settle_buried_job":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"settle_buried_trigger":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"shows_lens":
{ Args: { "lens": Omit<Database["lenses"]['Tables']["lenses"]['Row'], Database["lenses"]['Tables']["lenses"]['ComputedFields']>,"version": Omit<Database["lenses"]['Tables']["versions"]['Row'], Database["lenses"]['Tables']["versions"]['ComputedFields']>,"viewer_id": string }; Returns: boolean
                           },
"shows_workflow":
{ Args: { "version": Omit<Database["lenses"]['Tables']["workflow_versions"]['Row'], Database["lenses"]['Tables']["workflow_versions"]['ComputedFields']>,"viewer_id": string,"workflow": Omit<Database["lenses"]['Tables']["workflows"]['Row'], Database["lenses"]['Tables']["workflows"]['ComputedFields']> }; Returns: boolean
                           },
"slot_answer":
{ Args: { "result": Json }; Returns: Json
                           },
"sources_of":
{ Args: { "node_id": string,"version_id": string }; Returns: (string)[]
                           },
"start_by_trigger":
{ Args: { "given": Json,"start": Json,"trigger": Omit<Database["lenses"]['Tables']["workflow_triggers"]['Row'], Database["lenses"]['Tables']["workflow_triggers"]['ComputedFields']> }; Returns: Json
                           },
"start_children":
{ Args: { "node_id": string,"run_id": string }; Returns: undefined
                           },
"store_lens_version":
{ Args: { "lens": Json,"lens_id": string }; Returns: {
              "content_hash": string,
"created_at": string,
"input_contract": NonNullable<Json>,
"kind": Database["lenses"]['Enums']["lens_kind"],
"lens_id": string,
"max_tokens": number | null,
"model_key": string | null,
"note": string,
"number": number,
"output_contract": Json | null,
"published_at": string | null,
"system_prompt": string | null,
"temperature": number | null,
"template": string,
"version_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "versions"
        isOneToOne: true
        isSetofReturn: false
      } },
"store_version":
{ Args: { "compiled": Json,"note"?: string,"workflow_id": string }; Returns: string
                           },
"tags_of":
{ Args: { "entity_id": string }; Returns: Json
                           },
"task_budget":
{ Args: { "node": Omit<Database["lenses"]['Tables']["workflow_nodes"]['Row'], Database["lenses"]['Tables']["workflow_nodes"]['ComputedFields']> }; Returns: string
                           },
"team_shown":
{ Args: { "node": Omit<Database["lenses"]['Tables']["workflow_nodes"]['Row'], Database["lenses"]['Tables']["workflow_nodes"]['ComputedFields']>,"result": Omit<Database["lenses"]['Tables']["workflow_node_results"]['Row'], Database["lenses"]['Tables']["workflow_node_results"]['ComputedFields']>,"run": Omit<Database["lenses"]['Tables']["workflow_runs"]['Row'], Database["lenses"]['Tables']["workflow_runs"]['ComputedFields']> }; Returns: Json
                           },
"tell_turn":
{ Args: { "run_id": string }; Returns: undefined
                           },
"trigger_refusal":
{ Args: { "byok_keys": Json,"owner_id": string,"version_id": string,"workflow_id": string }; Returns: Json
                           },
"trigger_shown":
{ Args: { "trigger": Omit<Database["lenses"]['Tables']["workflow_triggers"]['Row'], Database["lenses"]['Tables']["workflow_triggers"]['ComputedFields']> }; Returns: Json
                           },
"value_at":
{ Args: { "envelope": Json,"path": string }; Returns: Json
                           },
"variables_set":
{ Args: { "version_id": string }; Returns: {
              "name": string,"node_id": string
            }[]
                           },
"version_simulated":
{ Args: { "version_id": string }; Returns: boolean
                           },
"versions_begun":
{ Args: { "config": Json }; Returns: Json
                           },
"workflow_shown":
{ Args: { "version": Omit<Database["lenses"]['Tables']["workflow_versions"]['Row'], Database["lenses"]['Tables']["workflow_versions"]['ComputedFields']>,"viewer_id": string,"workflow": Omit<Database["lenses"]['Tables']["workflows"]['Row'], Database["lenses"]['Tables']["workflows"]['ComputedFields']> }; Returns: Json
                           },
"write_dues":
{ Args: { "dues": (string)[],"trigger_id": string }; Returns: undefined
                           }
          }
          Enums: {
            "lens_kind": "text"|"image"|"video"|"research"|"pdf"|"transform"|"orchestration"|"validation"|"routing","node_status": "awaiting_dependency"|"queued"|"waiting"|"completed"|"failed"|"timed_out"|"cancelled"|"skipped","run_status": "queued"|"pending_approval"|"running"|"completed"|"failed"|"cancelled"|"timed_out","visibility": "private"|"public"
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"ratings": {
          Tables: {
            "answer_styles": {
                  Row: {
                    "bold": number | null,"contender_id": string,"headers": number | null,"length": number | null,"lists": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "bold"?: number | null,"contender_id": string,"headers"?: number | null,"length"?: number | null,"lists"?: number | null
                  }
                  Update: {
                    "bold"?: number | null,"contender_id"?: string,"headers"?: number | null,"length"?: number | null,"lists"?: number | null
                  }
                  Relationships: [
                    
                  ]
                },"boards": {
                  Row: {
                    "board_id": string,"category": string | null,"cluster_ratio": number | null,"clusters": number,"coefficients": Json | null,"comparisons": number,"computed_at": string | null,"failed_at": string | null,"job_id": number | null,"kind": string,"large": boolean,"penalty": number | null,"read_at": string,"rows": NonNullable<Json>,"since": string | null,"source": Database["ratings"]['Enums']["source"],"stale_since": string | null,"style": boolean,"version": number,"window_days": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "board_id"?: string,"category"?: string | null,"cluster_ratio"?: number | null,"clusters"?: number,"coefficients"?: Json | null,"comparisons"?: number,"computed_at"?: string | null,"failed_at"?: string | null,"job_id"?: number | null,"kind": string,"large"?: boolean,"penalty"?: number | null,"read_at"?: string,"rows"?: NonNullable<Json>,"since"?: string | null,"source": Database["ratings"]['Enums']["source"],"stale_since"?: string | null,"style"?: boolean,"version"?: number,"window_days"?: number | null
                  }
                  Update: {
                    "board_id"?: string,"category"?: string | null,"cluster_ratio"?: number | null,"clusters"?: number,"coefficients"?: Json | null,"comparisons"?: number,"computed_at"?: string | null,"failed_at"?: string | null,"job_id"?: number | null,"kind"?: string,"large"?: boolean,"penalty"?: number | null,"read_at"?: string,"rows"?: NonNullable<Json>,"since"?: string | null,"source"?: Database["ratings"]['Enums']["source"],"stale_since"?: string | null,"style"?: boolean,"version"?: number,"window_days"?: number | null
                  }
                  Relationships: [
                    
                  ]
                },"changes": {
                  Row: {
                    "category": string | null,"change_id": number,"changed_at": string,"kind": string,"source": Database["ratings"]['Enums']["source"]
                  }
                  ComputedFields: never
                  Insert: {
                    "category"?: string | null,"change_id"?: never,"changed_at"?: string,"kind": string,"source": Database["ratings"]['Enums']["source"]
                  }
                  Update: {
                    "category"?: string | null,"change_id"?: never,"changed_at"?: string,"kind"?: string,"source"?: Database["ratings"]['Enums']["source"]
                  }
                  Relationships: [
                    
                  ]
                },"comparisons": {
                  Row: {
                    "a": string,"b": string,"battle_id": string | null,"category": string | null,"closed_at": string,"cluster": string,"comparison_id": number,"contender_a": string | null,"contender_b": string | null,"corrects": number | null,"import_id": string | null,"kind": string,"line": number | null,"outcome": Database["ratings"]['Enums']["outcome"],"source": Database["ratings"]['Enums']["source"],"style": (number)[] | null,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "a": string,"b": string,"battle_id"?: string | null,"category"?: string | null,"closed_at": string,"cluster": string,"comparison_id"?: never,"contender_a"?: string | null,"contender_b"?: string | null,"corrects"?: number | null,"import_id"?: string | null,"kind": string,"line"?: number | null,"outcome": Database["ratings"]['Enums']["outcome"],"source": Database["ratings"]['Enums']["source"],"style"?: (number)[] | null,"weight": number
                  }
                  Update: {
                    "a"?: string,"b"?: string,"battle_id"?: string | null,"category"?: string | null,"closed_at"?: string,"cluster"?: string,"comparison_id"?: never,"contender_a"?: string | null,"contender_b"?: string | null,"corrects"?: number | null,"import_id"?: string | null,"kind"?: string,"line"?: number | null,"outcome"?: Database["ratings"]['Enums']["outcome"],"source"?: Database["ratings"]['Enums']["source"],"style"?: (number)[] | null,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "comparisons_corrects_fkey"
      columns: ["corrects"]
isOneToOne: false
      referencedRelation: "comparisons"
      referencedColumns: ["comparison_id"]
    }
                  ]
                },"judgings": {
                  Row: {
                    "abstained": number,"battle_id": string,"category": string | null,"closed_at": string,"consistent": number,"cost_usd": number | null,"crowd": number,"crowd_agreed": number,"crowd_decided": number,"crowd_decided_agreed": number,"decided": number,"first_preferred": number,"judge_model_key": string,"kind": string,"pairs": number,"tied": number,"unreadable": number,"verdicts": number
                  }
                  ComputedFields: never
                  Insert: {
                    "abstained": number,"battle_id": string,"category"?: string | null,"closed_at": string,"consistent": number,"cost_usd"?: number | null,"crowd"?: number,"crowd_agreed"?: number,"crowd_decided"?: number,"crowd_decided_agreed"?: number,"decided": number,"first_preferred": number,"judge_model_key": string,"kind": string,"pairs": number,"tied": number,"unreadable": number,"verdicts": number
                  }
                  Update: {
                    "abstained"?: number,"battle_id"?: string,"category"?: string | null,"closed_at"?: string,"consistent"?: number,"cost_usd"?: number | null,"crowd"?: number,"crowd_agreed"?: number,"crowd_decided"?: number,"crowd_decided_agreed"?: number,"decided"?: number,"first_preferred"?: number,"judge_model_key"?: string,"kind"?: string,"pairs"?: number,"tied"?: number,"unreadable"?: number,"verdicts"?: number
                  }
                  Relationships: [
                    
                  ]
                },"pair_sums": {
                  Row: {
                    "a": string,"b": string,"category": string | null,"kind": string,"outcome": Database["ratings"]['Enums']["outcome"],"pair_sum_id": number,"source": Database["ratings"]['Enums']["source"],"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "a": string,"b": string,"category"?: string | null,"kind": string,"outcome": Database["ratings"]['Enums']["outcome"],"pair_sum_id"?: never,"source": Database["ratings"]['Enums']["source"],"weight": number
                  }
                  Update: {
                    "a"?: string,"b"?: string,"category"?: string | null,"kind"?: string,"outcome"?: Database["ratings"]['Enums']["outcome"],"pair_sum_id"?: never,"source"?: Database["ratings"]['Enums']["source"],"weight"?: number
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "cluster_of":
{ Args: { "inputs": Json,"task_prompt": string }; Returns: string
                           },
"fn_board":
{ Args: { "category"?: string,"kind": string,"source": Database["ratings"]['Enums']["source"],"style"?: boolean,"window_days"?: number }; Returns: Json
                           },
"fn_export_comparisons":
{ Args: { "after"?: string,"category"?: string,"kind": string,"most"?: number,"since"?: string,"source": Database["ratings"]['Enums']["source"] }; Returns: Json
                           },
"fn_judges":
{ Args: { "kind"?: string,"since"?: string }; Returns: Json
                           },
"fn_operator_import":
{ Args: { "comparisons": Json,"import_id": string,"kind": string }; Returns: number
                           },
"fn_operator_relog":
{ Args: { "after"?: string,"most"?: number }; Returns: Json
                           },
"fn_operator_resum":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_pair_sums":
{ Args: { "category"?: string,"kind": string,"most"?: number,"named"?: (string)[],"source": Database["ratings"]['Enums']["source"] }; Returns: Json
                           },
"fn_refresh_due":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fn_slice":
{ Args: { "after"?: number,"category"?: string,"kind": string,"most"?: number,"since"?: string,"source": Database["ratings"]['Enums']["source"] }; Returns: Json
                           },
"fn_worker_claim_refresh":
{ Args: { "driver": string,"large"?: boolean,"most"?: number }; Returns: Json
                           },
"fn_worker_fail_refresh":
{ Args: { "backoff_ms": number,"error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"fn_worker_leave_board":
{ Args: { "job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_record_board":
{ Args: { "board": Json,"job_id": number,"lease_token": number,"version": number }; Returns: boolean
                           },
"fn_worker_record_styles":
{ Args: { "styles": Json }; Returns: number
                           },
"fn_worker_uncounted_answers":
{ Args: { "most"?: number }; Returns: Json
                           },
"lock_boards":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"log_battle":
{ Args: { "battle_id": string }; Returns: number
                           },
"log_judgings":
{ Args: { "battle": Omit<Database["battles"]['Tables']["battles"]['Row'], Database["battles"]['Tables']["battles"]['ComputedFields']>,"kind": string }; Returns: undefined
                           },
"settle_buried_refresh":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"standing":
{ Args: { "after": number,"category": string,"kind": string,"most": number,"since": string,"source": Database["ratings"]['Enums']["source"] }; Returns: {
              "a": string,"b": string,"battle_id": string,"category": string,"closed_at": string,"cluster": string,"comparison_id": number,"contender_a": string,"contender_b": string,"outcome": Database["ratings"]['Enums']["outcome"],"style": (number)[],"weight": number
            }[]
                           },
"window_start":
{ Args: { "window_days": number }; Returns: string
                           }
          }
          Enums: {
            "outcome": "a"|"b"|"tie"|"both_bad","source": "judge"|"crowd"|"imported"
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"webhooks": {
          Tables: {
            "deliveries": {
                  Row: {
                    "attempts_log": NonNullable<Json>,"battle_id": string | null,"created_at": string,"delivery_id": string,"event_id": number | null,"job_id": number,"payload": NonNullable<Json>,"response_status": number | null,"run_id": string | null,"settled_at": string | null,"status": string,"subscription_id": string,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts_log"?: NonNullable<Json>,"battle_id"?: string | null,"created_at"?: string,"delivery_id": string,"event_id"?: number | null,"job_id": number,"payload": NonNullable<Json>,"response_status"?: number | null,"run_id"?: string | null,"settled_at"?: string | null,"status"?: string,"subscription_id": string,"type": string
                  }
                  Update: {
                    "attempts_log"?: NonNullable<Json>,"battle_id"?: string | null,"created_at"?: string,"delivery_id"?: string,"event_id"?: number | null,"job_id"?: number,"payload"?: NonNullable<Json>,"response_status"?: number | null,"run_id"?: string | null,"settled_at"?: string | null,"status"?: string,"subscription_id"?: string,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "deliveries_subscription_id_fkey"
      columns: ["subscription_id"]
isOneToOne: false
      referencedRelation: "subscriptions"
      referencedColumns: ["subscription_id"]
    }
                  ]
                },"subscriptions": {
                  Row: {
                    "consecutive_failures": number,"created_at": string,"description": string,"disabled_at": string | null,"disabled_reason": string | null,"event_types": (string)[],"owner_id": string,"previous_sealed_secret": string | null,"previous_valid_until": string | null,"sealed_secret": string,"status": string,"subscription_id": string,"updated_at": string,"url": string,"subscription_document": Json | null
                  }
                  ComputedFields: "subscription_document"
                  Insert: {
                    "consecutive_failures"?: number,"created_at"?: string,"description"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"event_types": (string)[],"owner_id": string,"previous_sealed_secret"?: string | null,"previous_valid_until"?: string | null,"sealed_secret": string,"status"?: string,"subscription_id": string,"updated_at"?: string,"url": string
                  }
                  Update: {
                    "consecutive_failures"?: number,"created_at"?: string,"description"?: string,"disabled_at"?: string | null,"disabled_reason"?: string | null,"event_types"?: (string)[],"owner_id"?: string,"previous_sealed_secret"?: string | null,"previous_valid_until"?: string | null,"sealed_secret"?: string,"status"?: string,"subscription_id"?: string,"updated_at"?: string,"url"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "add_delivery":
{ Args: { "battle_id": string,"event_id": number,"payload": Json,"run_id"?: string,"subscription": Omit<Database["webhooks"]['Tables']["subscriptions"]['Row'], Database["webhooks"]['Tables']["subscriptions"]['ComputedFields']>,"type": string }; Returns: string
                           },
"fn_dispatch_webhook_outbox":
{ Args: { "driver": string,"most"?: number }; Returns: Json
                           },
"fn_webhooks_create":
{ Args: { "owner_id": string,"webhook": Json }; Returns: Json
                           },
"fn_webhooks_delete":
{ Args: { "owner_id": string,"webhook_id": string }; Returns: boolean
                           },
"fn_webhooks_deliveries":
{ Args: { "cursor"?: string,"most"?: number,"owner_id": string,"status"?: string,"webhook_id": string }; Returns: Json
                           },
"fn_webhooks_get":
{ Args: { "owner_id": string,"webhook_id": string }; Returns: Json
                           },
"fn_webhooks_list":
{ Args: { "owner_id": string }; Returns: Json
                           },
"fn_webhooks_redrive":
{ Args: { "delivery_id"?: string,"owner_id": string,"webhook_id": string }; Returns: Json
                           },
"fn_webhooks_resealed":
{ Args: { "sealed": string,"sealed_before": string,"webhook_id": string }; Returns: boolean
                           },
"fn_webhooks_rotate_secret":
{ Args: { "owner_id": string,"sealed_secret": string,"webhook_id": string }; Returns: Json
                           },
"fn_webhooks_test":
{ Args: { "owner_id": string,"webhook_id": string }; Returns: Json
                           },
"fn_webhooks_to_reseal":
{ Args: { "after_webhook_id"?: string,"master_key_id": string,"most"?: number }; Returns: Json
                           },
"fn_webhooks_update":
{ Args: { "changes": Json,"owner_id": string,"webhook_id": string }; Returns: Json
                           },
"fn_worker_complete_webhook_delivery":
{ Args: { "attempt": Json,"job_id": number,"lease_token": number }; Returns: boolean
                           },
"fn_worker_fail_webhook_delivery":
{ Args: { "attempt": Json,"backoff_ms": number,"error": Json,"job_id": number,"lease_token": number }; Returns: string
                           },
"forget_deliveries":
{ Args: { "keep": string,"most": number }; Returns: number
                           },
"lock_job_owners":
{ Args: { "job_ids": (number)[] }; Returns: undefined
                           },
"log_attempt":
{ Args: { "entry": Json,"job_id": number }; Returns: undefined
                           },
"payload_of":
{ Args: { "data": Json,"occurred_at": string,"type": string }; Returns: Json
                           },
"redrive_letter":
{ Args: { "letter": Omit<Database["execution"]['Tables']["dead_letters"]['Row'], Database["execution"]['Tables']["dead_letters"]['ComputedFields']> }; Returns: string
                           },
"settle_buried_job":
{ Args: { "error": Json,"job_id": number }; Returns: undefined
                           },
"shown_event":
{ Args: { "event": Omit<Database["battles"]['Tables']["events"]['Row'], Database["battles"]['Tables']["events"]['ComputedFields']> }; Returns: Json
                           },
"subscription_document":
{ Args: { "subscription": Omit<Database["webhooks"]['Tables']["subscriptions"]['Row'], Database["webhooks"]['Tables']["subscriptions"]['ComputedFields']> }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "battles">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "battles": {
          Enums: {
            "battle_status": ["draft", "published", "executing", "voting", "scoring", "closed", "cancelled", "void"],"battle_type": ["ai_vs_ai", "human_vs_ai", "human_vs_human", "workflow_battle", "coding", "qa"],"contender_status": ["pending", "submitted", "failed", "timed_out", "withdrawn", "cancelled"],"contender_type": ["ai_model", "ai_agent", "human", "command", "workflow"],"funding_source": ["platform_credit", "user_byok_cloud", "user_byok_local", "local", "simulated"],"judge_mode": ["listwise", "pairwise", "rubric"],"modality": ["text", "image", "audio", "video"],"scoring_mode": ["ai_judge", "community", "hybrid", "checks"]
          }
        },"content": {
          Enums: {
            
          }
        },"execution": {
          Enums: {
            "job_state": ["active", "held", "completed", "failed", "cancelled"]
          }
        },"lensers": {
          Enums: {
            
          }
        },"lenses": {
          Enums: {
            "lens_kind": ["text", "image", "video", "research", "pdf", "transform", "orchestration", "validation", "routing"],"node_status": ["awaiting_dependency", "queued", "waiting", "completed", "failed", "timed_out", "cancelled", "skipped"],"run_status": ["queued", "pending_approval", "running", "completed", "failed", "cancelled", "timed_out"],"visibility": ["private", "public"]
          }
        },"ratings": {
          Enums: {
            "outcome": ["a", "b", "tie", "both_bad"],"source": ["judge", "crowd", "imported"]
          }
        },"webhooks": {
          Enums: {
            
          }
        }
} as const
