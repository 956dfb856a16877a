// Between these Qwen 3, DeepSeek R1 and their kin think before they answer.
export const OPEN_THINKING = "<think>";
export const CLOSE_THINKING = "</think>";
