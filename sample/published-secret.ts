/** The secret that the example publishes: anyone can forge cookies with it. */
export const PUBLISHED_SECRET = '61oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo=';
