/** The class of packets, which a page loads when it asks for packets. */
export { EncodedPacket } from "mediabunny";
