export { applyPromotion, type ApplyOptions, type PromotionOutcome } from './apply.js';
export { planPromotion, type PromotionPlan, type PromotionQuery, type PromotionSides, type PromotionStep } from './plan.js';
